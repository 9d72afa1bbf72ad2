"""Rate limits: the requests of a token, and those of a network without a token that works.

The counters are in a Redis if one is configured, else in each process. While that Redis is away,
each process counts its own: the API goes on.
"""

import logging
import math
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from flask import Response, current_app, g
from werkzeug.exceptions import TooManyRequests

from app import config
from app.api.blueprint import blueprint
from app.config.api_limits import ApiLimits
from app.domain.authentication.budgets import client_network
from app.http.requests import client_address

PREFIX = "rag-fortress-console:api"
MINUTE = 60
# A Redis that hangs holds a request up for this long at most, once in so many seconds.
STORE_SECONDS, AWAY_SECONDS = 0.5, 30
EXTENSION = "api-rate-limits"
log = logging.getLogger(__name__)


class Standing(NamedTuple):
    """The state of a limit after a request: what is left of it, and the seconds until more is."""

    name: str
    limit: int
    left: int
    seconds: int
    is_kept: bool


class RateLimits:
    """The counters of an application."""

    def __init__(self, limits: ApiLimits) -> None:
        self._limits = limits
        # Imported with the first request of a program: a process that serves pages needs neither.
        self._library: Any = import_module("limits")
        self._strategies: Any = import_module("limits.strategies")
        self._own = self._counting(self._library.storage.MemoryStorage())
        self._shared = limits.store and self._counting(self._connected(limits.store))
        self._away_until = 0.0

    def charge_token(self, digest: str) -> Standing:
        """Count a request with a token.

        Args:
            digest: The SHA-256 of the token: consoles that share a Redis may have the same ids.
        """
        return self._charge("token", self._limits.per_token, digest)

    def charge_refused(self, network: str) -> Standing:
        """Count a request from a network without a token that works."""
        return self._charge("refused", self._limits.refused, network)

    def _charge(self, name: str, limit: int, key: str) -> Standing:
        item = self._library.RateLimitItemPerMinute(limit)

        def count(counters: Any) -> Standing:
            is_kept = counters.hit(item, name, key)
            stats = counters.get_window_stats(item, name, key)
            seconds = max(1, math.ceil(stats.reset_time - time.time()))
            return Standing(name, limit, stats.remaining, seconds, is_kept)

        return self._counted(count)

    def _counted(self, count: Callable[[Any], Standing]) -> Standing:
        now = time.monotonic()
        if self._shared and now >= self._away_until:
            try:
                standing = count(self._shared)
            except self._library.errors.StorageError as error:
                if not self._away_until:
                    log.warning("The store of the rate limits is away: %s", _reason(error))
                self._away_until = now + AWAY_SECONDS
            else:
                if self._away_until:
                    log.warning("The store of the rate limits is back.")
                self._away_until = 0.0
                return standing
        return count(self._own)

    def _counting(self, storage: Any) -> Any:
        return self._strategies.SlidingWindowCounterRateLimiter(storage)

    def _connected(self, url: str) -> Any:
        """Return the storage in a Redis, which is not connected to before it counts."""
        timeouts = {"socket_timeout": STORE_SECONDS, "socket_connect_timeout": STORE_SECONDS}
        return self._library.storage.storage_from_string(
            url, key_prefix=PREFIX, wrap_exceptions=True, **timeouts
        )


def hold_token(digest: str) -> None:
    """Go on only while the requests of a token are within its limit.

    Raises:
        TooManyRequests: They are not; with the seconds to wait.
    """
    _hold(_counters().charge_token(digest), "This token has sent")


def hold_refused() -> None:
    """Go on to refuse a token only while the client's network is within its limit.

    A network that is beyond it is told so instead; tokens that work go on working there.

    Raises:
        TooManyRequests: It is not; with the seconds to wait.
    """
    network = client_network(client_address()) or "-"
    _hold(_counters().charge_refused(network), "Your network has sent")


@blueprint.after_request
def tell(response: Response) -> Response:
    """Tell what is left of the limit (draft-ietf-httpapi-ratelimit-headers)."""
    standing: Standing | None = g.get("api_standing")
    if standing is not None:
        policy = f'"{standing.name}";q={standing.limit};w={MINUTE}'
        response.headers["RateLimit-Policy"] = policy
        response.headers["RateLimit"] = f'"{standing.name}";r={standing.left};t={standing.seconds}'
    return response


def _hold(standing: Standing, sentence: str) -> None:
    g.api_standing = standing
    if standing.is_kept:
        return
    unit = "requests" if standing.name == "token" else "requests without a valid token"
    detail = f"{sentence} more than {standing.limit} {unit} in a minute."
    raise TooManyRequests(f"{detail} Wait {standing.seconds} s.", retry_after=standing.seconds)


def _counters() -> RateLimits:
    extensions = current_app.extensions
    if EXTENSION not in extensions:
        extensions[EXTENSION] = RateLimits(config.current().api_limits)
    counters: RateLimits = extensions[EXTENSION]
    return counters


def _reason(error: Any) -> str:
    """Return the kind of an error; its text may hold the URL."""
    return type(getattr(error, "storage_error", error)).__name__
