"""The identity behind the token of a session, read with each request."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from app.domain.authentication import identity_columns, second_factor, sessions, tokens
from app.domain.authentication.sessions import Limits
from app.models import ConsoleSession, DbSession, User
from app.models.base import utcnow

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SessionIdentity:
    """The user of a session and their permissions, read in one statement.

    Attributes:
        revision: The revision of the database.
        is_administrator: Whether the user has the role ``admin``, which grants every permission.
        codes: The console's own permissions that the roles of the user grant.
        has_second_factor: Whether a second factor of the user is in force.
    """

    session_id: int
    created_at: datetime
    last_seen_at: datetime
    authenticated_at: datetime
    user_id: int
    username: str
    full_name: str | None
    revision: str | None
    is_administrator: bool
    codes: frozenset[str]
    has_second_factor: bool = False

    def can(self, code: str) -> bool:
        """Tell whether the user has the permission ``code``."""
        return code in self.codes or self.is_administrator

    def lacks_second_factor(self, required_for: Iterable[str]) -> bool:
        """Tell whether the user has none, and one of the permissions that take one."""
        return not self.has_second_factor and any(map(self.can, required_for))

    def is_due(self, now: datetime, columns: Sequence[str] = sessions.SEEN) -> bool:
        """Tell whether one of the columns is old enough to be written again."""
        return any(now - getattr(self, column) >= SEEN_EVERY for column in columns)

    def ends_at(self, now: datetime, limits: Limits) -> datetime:
        """Return the time at which the session ends unless it is used after ``now``."""
        seen_at = now if self.is_due(now) else self.last_seen_at
        return min(seen_at + limits.idle, self.created_at + limits.lifetime)


def _identity_query() -> Select[Any]:
    columns: tuple[Any, ...] = (
        ConsoleSession.id.label("session_id"),
        ConsoleSession.created_at,
        ConsoleSession.last_seen_at,
        ConsoleSession.authenticated_at,
        ConsoleSession.fingerprint,
        User.id.label("user_id"),
        User.username,
        User.full_name,
        User.is_active,
        User.password_hash,
        identity_columns.ADMINISTERS,
        identity_columns.CODES,
        second_factor.OF_USER.label("has_second_factor"),
        identity_columns.REVISION,
    )
    return (
        select(*columns)
        .join(User, User.id == ConsoleSession.user_id)
        .where(ConsoleSession.token_hash == bindparam("token_hash"))
    )


# Built once: SQLAlchemy keeps the cache key of a statement with it.
_IDENTITY = _identity_query()


def identify(
    session: DbSession, token: str, limits: Limits, *, secret: str
) -> SessionIdentity | None:
    """Return the identity of the session with this token, or None if the session has ended.

    A session ends when its row is deleted, when a limit has passed, when the user is deactivated,
    and when the password changes.
    """
    row = session.connection().execute(_IDENTITY, {"token_hash": tokens.digest(token)}).first()
    if row is None or not _is_alive(row, limits, secret):
        return None
    return SessionIdentity(
        session_id=row.session_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        authenticated_at=row.authenticated_at,
        user_id=row.user_id,
        username=row.username,
        full_name=row.full_name,
        revision=row.revision,
        is_administrator=bool(row.is_administrator),
        codes=identity_columns.codes_in(row.codes),
        has_second_factor=bool(row.has_second_factor),
    )


def _is_alive(row: Row[Any], limits: Limits, secret: str) -> bool:
    now = utcnow()
    return bool(
        row.is_active
        and now - row.last_seen_at < limits.idle
        and now - row.created_at < limits.lifetime
        and hmac.compare_digest(row.fingerprint, tokens.fingerprint(row.password_hash, secret))
    )
