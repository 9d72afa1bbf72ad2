"""Authentication: passwords and the capacity to hash them, sessions, and one-time links."""

from app.domain.authentication import (
    capacity,
    one_time_links,
    passwords,
    session_identity,
    sessions,
    tokens,
)

__all__ = ["capacity", "one_time_links", "passwords", "session_identity", "sessions", "tokens"]
