"""Authentication: passwords and their throttle, second factors, sessions, and one-time links."""

from app.domain.authentication import (
    capacity,
    hashing,
    one_time_links,
    passwords,
    second_factor,
    session_identity,
    sessions,
    throttle,
    tokens,
    totp,
)

__all__ = [
    "capacity",
    "hashing",
    "one_time_links",
    "passwords",
    "second_factor",
    "session_identity",
    "sessions",
    "throttle",
    "tokens",
    "totp",
]
