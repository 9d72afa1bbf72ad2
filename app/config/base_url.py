"""The base URL: the origin and the path at which browsers reach the console."""

import re
from urllib.parse import urlsplit

from app.config.environment import ConfigurationError, Variables

_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"(?:/[a-z0-9._~-]+)*/?", re.IGNORECASE | re.ASCII)
_DOTS = re.compile(r"/\.\.?(?:/|$)")
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")


def base_url(variables: Variables, environment: str) -> str | None:
    """Return the origin (RFC 6454) and path of the console, without a slash at the end."""
    text = variables.text("CONSOLE_BASE_URL")
    if not text and environment == "development":
        port = variables.integer("PORT", 8000, low=1, high=65535)
        return f"http://127.0.0.1:{port}"
    return _normalised(text) if text else None


def _normalised(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    scheme, host = parts.scheme, parts.hostname or ""
    path = parts.path.rstrip("/")
    is_path = _PATH.fullmatch(parts.path) and not _DOTS.search(parts.path)
    has_more = parts.username is not None or parts.query or parts.fragment or not is_path
    if scheme not in _PORTS or not _HOST.fullmatch(host) or port == 0 or has_more:
        raise ConfigurationError(
            "CONSOLE_BASE_URL must be a scheme, a host and perhaps a port and a path, "
            "such as https://console.example or https://example.org/console."
        )
    host = f"[{host}]" if ":" in host else host
    # Browsers leave the port of the scheme out of Origin, which is compared with this.
    is_usual = port is None or port == _PORTS[scheme]
    return f"{scheme}://{host}{path}" if is_usual else f"{scheme}://{host}:{port}{path}"
