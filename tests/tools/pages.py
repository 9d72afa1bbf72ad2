"""Pages of a server that was started by a tool."""

from http.client import HTTPConnection
from urllib.parse import urlsplit


def page(url, seconds=60):
    """Return the text of a page; OSError while nothing listens there."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=seconds)
    connection.request("GET", parts.path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert response.status == 200, text
    return text
