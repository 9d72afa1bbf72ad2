"""Authentication: passwords, their capacity and throttle, sessions, and one-time links."""

from app.domain.authentication import (
    capacity,
    hashing,
    one_time_links,
    passwords,
    session_identity,
    sessions,
    throttle,
    tokens,
)

__all__ = [
    "capacity",
    "hashing",
    "one_time_links",
    "passwords",
    "session_identity",
    "sessions",
    "throttle",
    "tokens",
]
