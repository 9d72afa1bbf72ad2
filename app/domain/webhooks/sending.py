"""The request by which a message is sent, to an address that was looked at.

The connection is made to that very address, or to the next one where it does not answer, so that a
name which resolves to another one a moment later leads nowhere else; redirects are not followed.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from app.domain.webhooks import keys, receivers
from app.domain.webhooks.deliveries import ANSWER_CHARACTERS, Claimed, ReceiverAnswer
from app.domain.webhooks.receivers import Network

# The time for a connection, and the number of addresses of a name that share it.
CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 4
# The time for the whole request, however slowly the answer comes.
REQUEST_SECONDS = 15.0
ANSWER_BYTES = 4 * ANSWER_CHARACTERS
_SECONDS = re.compile(r"[0-9]{1,7}")
UNREADABLE = (
    "The key of the webhook was encrypted by another SECRET_KEY. Put the former one in"
    " SECRET_KEY_FALLBACKS, or replace the key of the webhook."
)
USER_AGENT = "RAG-Fortress-Console-Webhooks/1"


def send(claimed: Claimed, allowed: Sequence[Network]) -> ReceiverAnswer:
    """Send a message, and return the answer.

    Args:
        claimed: The message.
        allowed: The networks that may be called besides public addresses.
    """
    if not claimed.keys:
        return ReceiverAnswer(None, UNREADABLE)
    parts = urlsplit(claimed.url)
    host, port = parts.hostname or "", receivers.port_of(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return ReceiverAnswer(None, f"The name {host} was not found: {error}.")
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if reason := receivers.why_not(parts, addresses, allowed):
        return ReceiverAnswer(None, reason)
    try:
        return _request(claimed, _connected(addresses[:MOST_ADDRESSES], port))
    except (OSError, http.client.HTTPException) as error:
        return ReceiverAnswer(None, f"No answer: {type(error).__name__}: {error}")


def _connected(addresses: Sequence[str], port: int) -> socket.socket:
    """Return a connection to the first address that answers; all were allowed.

    Raises:
        OSError: None does; that of the last one.
    """
    *others, last = addresses
    until = time.monotonic() + CONNECT_SECONDS
    for number, address in enumerate(others):
        share = (until - time.monotonic()) / (len(addresses) - number)
        with suppress(OSError):
            return socket.create_connection((address, port), share)
    return socket.create_connection((last, port), max(until - time.monotonic(), 0.1))


def _request(claimed: Claimed, opened: socket.socket) -> ReceiverAnswer:
    parts = urlsplit(claimed.url)
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(host, receivers.port_of(parts))

    def give_up() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    deadline = threading.Timer(REQUEST_SECONDS, give_up)
    deadline.daemon = True
    deadline.start()
    try:
        opened.settimeout(REQUEST_SECONDS)
        if parts.scheme == "https":
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        connection.sock = opened
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        connection.request("POST", path, claimed.body, _headers(claimed, parts.netloc))
        response = connection.getresponse()
        text = response.read(ANSWER_BYTES).decode(errors="replace").replace("\0", "\ufffd")
        return ReceiverAnswer(response.status, text, _retry_after(response))
    finally:
        deadline.cancel()
        connection.close()
        opened.close()


def _headers(claimed: Claimed, host: str) -> dict[str, str]:
    timestamp = int(time.time())
    return {
        "Host": host,
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": claimed.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": keys.signature(
            claimed.keys, claimed.message_id, timestamp, claimed.body
        ),
    }


def _retry_after(response: http.client.HTTPResponse) -> timedelta:
    text = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(text)) if _SECONDS.fullmatch(text) else timedelta()
