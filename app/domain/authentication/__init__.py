"""Authentication: passwords, their throttle, second factors, sessions, links and API tokens."""

from app.domain.authentication import (
    api_tokens,
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
    "api_tokens",
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
