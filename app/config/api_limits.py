"""The rate limits of the API, and the server that counts for all processes."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.config.environment import ConfigurationError, Variables

PER_TOKEN, REFUSED, STORE = "API_PER_TOKEN", "API_REFUSED_PER_NETWORK", "API_LIMITS_STORE"
# Valkey answers the same protocol.
_SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}


@dataclass(frozen=True)
class ApiLimits:
    """The requests that are possible in a minute.

    Attributes:
        per_token: With one token.
        refused: From one network, with no token or none that works.
        store: The URL of a Redis that counts for all processes; None if each counts its own.
    """

    per_token: int
    refused: int
    store: str | None = field(repr=False)


def api_limits(variables: Variables) -> ApiLimits:
    """Return the limits.

    Raises:
        ConfigurationError: The server is none that can count.
    """
    return ApiLimits(
        per_token=variables.integer(PER_TOKEN, 600, low=1, high=1_000_000),
        refused=variables.integer(REFUSED, 60, low=1, high=1_000_000),
        store=_store(variables),
    )


def _store(variables: Variables) -> str | None:
    url = (variables.secret(STORE) or "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        scheme, is_whole = _SCHEMES[parts.scheme], bool(parts.hostname) and parts.port != 0
    except (KeyError, ValueError):
        is_whole = False
    if not is_whole:
        raise ConfigurationError(f"{STORE} must be a URL such as redis://cache.example:6379/0.")
    return parts._replace(scheme=scheme).geturl()
