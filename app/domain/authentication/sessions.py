"""Sessions: one row for each browser that has signed in."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Row,
    Select,
    String,
    bindparam,
    column,
    delete,
    exists,
    func,
    literal_column,
    select,
    table,
    update,
)

from app.domain import audit
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.models import ConsoleSession, DbSession, Permission, Role, User, role_permissions
from app.models.base import utcnow
from app.models.user import ADMIN, user_roles

MOST_PER_USER = 10
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: without use, and at the most."""

    idle: timedelta
    lifetime: timedelta


@dataclass(frozen=True)
class Client:
    """The browser at the other end, as its session's row describes it."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who is asking, and what they hold: the answer of one statement.

    Attributes:
        revision: The revision that the database is at.
        is_administrator: Whether the role ``admin`` is held, which grants every permission.
        codes: Those of the console's own permissions that the roles held grant.
    """

    session_id: int
    last_seen_at: datetime
    user_id: int
    username: str
    full_name: str | None
    revision: str | None
    is_administrator: bool
    codes: frozenset[str]

    def can(self, code: str) -> bool:
        """Tell whether the permission ``code`` is held."""
        return code in self.codes or self.is_administrator

    def is_due(self, now: datetime) -> bool:
        """Tell whether ``last_seen_at`` is old enough to be written again."""
        return now - self.last_seen_at >= SEEN_EVERY


def _identity_query() -> Select[Any]:
    held = user_roles.c.user_id == User.id
    administers = (
        exists()
        .where(held, user_roles.c.role_id == Role.id, Role.name == ADMIN)
        .correlate(User)
        .label("is_administrator")
    )
    # Only codes that the console asks for: whatever another program has put into the table, the
    # text that they are joined to cannot be taken apart in another way.
    codes = (
        select(func.aggregate_strings(Permission.code, ","))
        .join(role_permissions, role_permissions.c.permission_id == Permission.id)
        .join(user_roles, user_roles.c.role_id == role_permissions.c.role_id)
        .where(held, Permission.code.in_([literal_column(f"'{code}'") for code in PermissionCode]))
        .correlate(User)
        .scalar_subquery()
    )
    revision = select(func.max(column("version_num", String))).select_from(table("alembic_version"))
    columns: tuple[Any, ...] = (
        ConsoleSession.id.label("session_id"),
        ConsoleSession.created_at,
        ConsoleSession.last_seen_at,
        ConsoleSession.fingerprint,
        User.id.label("user_id"),
        User.username,
        User.full_name,
        User.is_active,
        User.password_hash,
        administers,
        codes.label("codes"),
        revision.scalar_subquery().label("revision"),
    )
    return (
        select(*columns)
        .join(User, User.id == ConsoleSession.user_id)
        .where(ConsoleSession.token_hash == bindparam("token_hash"))
    )


# Made once: what SQLAlchemy works out to find a statement in its cache stays with the statement.
_IDENTITY = _identity_query()


def start(session: DbSession, user: User, client: Client, *, secret: str) -> str:
    """Start a session and return the token for its cookie.

    The oldest sessions end when the user would have more than ten.

    Args:
        session: The database session; the caller commits it.
        user: Who has signed in.
        client: The browser.
        secret: The key of the fingerprint that ties the session to the password.

    Returns:
        A token of 256 random bits; only its SHA-256 is stored.
    """
    _end_oldest(session, user.id)
    token = secrets.token_urlsafe(32)
    now = utcnow()
    session.add(
        ConsoleSession(
            token_hash=_digest(token),
            user_id=user.id,
            fingerprint=_fingerprint(user.password_hash, secret),
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            address=client.address,
            user_agent=client.user_agent and client.user_agent[:255],
        )
    )
    return token


def identify(session: DbSession, token: str, limits: Limits, *, secret: str) -> Identity | None:
    """Return who holds ``token``, or None where the session is over.

    It is over when its row is gone, when a limit has passed, when the user is no longer active,
    and when the password has changed, whoever changed it.
    """
    row = session.connection().execute(_IDENTITY, {"token_hash": _digest(token)}).first()
    if row is None or not _is_alive(row, limits, secret):
        return None
    return Identity(
        session_id=row.session_id,
        last_seen_at=row.last_seen_at,
        user_id=row.user_id,
        username=row.username,
        full_name=row.full_name,
        revision=row.revision,
        is_administrator=bool(row.is_administrator),
        codes=frozenset((row.codes or "").split(",")),
    )


def touch(connection: Connection, session_id: int) -> None:
    """Note that the session is in use, on a connection of its own."""
    connection.execute(
        update(ConsoleSession).where(ConsoleSession.id == session_id).values(last_seen_at=utcnow())
    )


def of_user(
    session: DbSession, user_id: int, limits: Limits, *, current: int | None = None
) -> Sequence[Any]:
    """Return the sessions of a user that are not over, the latest used first.

    Args:
        session: The database session.
        user_id: Whose sessions.
        limits: How long sessions last.
        current: The session that asks; its row has ``is_current``.
    """
    now = utcnow()
    return session.execute(
        select(
            ConsoleSession.id,
            ConsoleSession.created_at,
            ConsoleSession.last_seen_at,
            ConsoleSession.address,
            ConsoleSession.user_agent,
            (ConsoleSession.id == (current or 0)).label("is_current"),
        )
        .where(
            ConsoleSession.user_id == user_id,
            ConsoleSession.last_seen_at > now - limits.idle,
            ConsoleSession.created_at > now - limits.lifetime,
        )
        .order_by(ConsoleSession.last_seen_at.desc(), ConsoleSession.id.desc())
    ).all()


def end(session: DbSession, session_id: int, *, actor: Actor) -> None:
    """End a session of the actor's at sign-out; one that has ended already is no error."""
    own = (ConsoleSession.id == session_id) & (ConsoleSession.user_id == (actor.id or 0))
    session.execute(delete(ConsoleSession).where(own))


def end_held(session: DbSession, token: str) -> None:
    """End the session of a browser that holds ``token`` and begins another; it may be over."""
    held = ConsoleSession.token_hash == _digest(token)
    session.execute(delete(ConsoleSession).where(held))


def end_own(session: DbSession, session_id: int, *, actor: Actor) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotFound: The actor has no such session.
    """
    end_one(session, actor.id or 0, session_id)
    target = Target("session", actor.name, session_id)
    audit.record(session, "session:ended", target, actor=actor)


def end_one(session: DbSession, user_id: int, session_id: int) -> None:
    """End one session of a user.

    Raises:
        NotFound: The user has no such session.
    """
    one = (ConsoleSession.id == session_id) & (ConsoleSession.user_id == user_id)
    result = session.execute(delete(ConsoleSession).where(one))
    if cast(CursorResult[Any], result).rowcount == 0:
        raise NotFound("That session has ended already.")


def end_all(session: DbSession, *user_ids: int) -> int:
    """End every session of these users, in every browser; return how many there were."""
    result = session.execute(delete(ConsoleSession).where(ConsoleSession.user_id.in_(user_ids)))
    return cast(CursorResult[Any], result).rowcount


def _end_oldest(session: DbSession, user_id: int) -> None:
    newest = (
        select(ConsoleSession.id)
        .where(ConsoleSession.user_id == user_id)
        .order_by(ConsoleSession.id.desc())
    )
    surplus = session.scalars(newest).all()[MOST_PER_USER - 1 :]
    if surplus:
        session.execute(delete(ConsoleSession).where(ConsoleSession.id.in_(surplus)))


def _is_alive(row: Row[Any], limits: Limits, secret: str) -> bool:
    now = utcnow()
    return bool(
        row.is_active
        and now - row.last_seen_at < limits.idle
        and now - row.created_at < limits.lifetime
        and hmac.compare_digest(row.fingerprint, _fingerprint(row.password_hash, secret))
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fingerprint(password_hash: str, secret: str) -> str:
    return hmac.new(secret.encode(), password_hash.encode(), hashlib.sha256).hexdigest()
