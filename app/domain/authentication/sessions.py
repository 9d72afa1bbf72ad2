"""Sessions: one row for each signed-in browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, delete, select, update

from app.domain import audit
from app.domain.actor import Actor
from app.domain.authentication import tokens
from app.domain.errors import NotFound
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import ConsoleSession, DbSession, User
from app.models.base import utcnow

MOST_PER_USER = 10
# The columns that use renews: that of any page, and that of pages which ask for authentication.
SEEN, AUTHENTICATED = ("last_seen_at",), ("last_seen_at", "authenticated_at")


@dataclass(frozen=True)
class Limits:
    """The time after which a session ends without use, and in any case."""

    idle: timedelta
    lifetime: timedelta


@dataclass(frozen=True)
class Browser:
    """The address and the name of a browser."""

    address: str | None = None
    user_agent: str | None = None


def start(session: DbSession, user: User, browser: Browser, *, secret: str) -> str:
    """Start a session and return the token for its cookie.

    The oldest sessions end when the user would have more than ten.

    Args:
        session: The database session; the caller commits it.
        user: The user who signs in.
        browser: The browser.
        secret: The key of the fingerprint that ties the session to the password.

    Returns:
        A token of 256 random bits; only its SHA-256 is stored.
    """
    _end_oldest(session, user.id)
    token = tokens.new_token()
    now = utcnow()
    session.add(
        ConsoleSession(
            token_hash=tokens.digest(token),
            user_id=user.id,
            fingerprint=tokens.fingerprint(user.password_hash, secret),
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            address=browser.address,
            user_agent=browser.user_agent and browser.user_agent[:255],
        )
    )
    return token


def touch(connection: Connection, session_id: int, columns: Sequence[str] = SEEN) -> None:
    """Save the time of the last use of a session, on a separate connection."""
    values = dict.fromkeys(columns, utcnow())
    connection.execute(update(ConsoleSession).where(ConsoleSession.id == session_id).values(values))


def of_user(
    session: DbSession, user_id: int, limits: Limits, *, current: int | None = None
) -> Sequence[Any]:
    """Return the current sessions of a user, the most recently used first.

    Args:
        session: The database session.
        user_id: The user.
        limits: The limits of sessions.
        current: The session of the request; its row has ``is_current``.
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
    """End a session of the actor at sign-out; it may have ended already."""
    own = (ConsoleSession.id == session_id) & (ConsoleSession.user_id == (actor.id or 0))
    session.execute(delete(ConsoleSession).where(own))


def end_by_token(session: DbSession, token: str) -> None:
    """End the session with this token before the browser starts another; it may have ended."""
    session_of_token = ConsoleSession.token_hash == tokens.digest(token)
    session.execute(delete(ConsoleSession).where(session_of_token))


def end_own(session: DbSession, session_id: int, reason: str = "", *, actor: Actor) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotFound: The actor has no such session.
        InvalidValue: The reason is too long.
    """
    checked = checked_reason(reason)
    end_one(session, actor.id or 0, session_id)
    target = Target("session", actor.name, session_id)
    audit.record(session, "session:ended", target, actor=actor, reason=checked)


def end_one(session: DbSession, user_id: int, session_id: int) -> None:
    """End one session of a user.

    Raises:
        NotFound: The user has no such session.
    """
    row = (ConsoleSession.id == session_id) & (ConsoleSession.user_id == user_id)
    result = session.execute(delete(ConsoleSession).where(row))
    if cast(CursorResult[Any], result).rowcount == 0:
        raise NotFound("That session has ended already.")


def end_all(session: DbSession, *user_ids: int) -> int:
    """End every session of these users; return the number of ended sessions."""
    result = session.execute(delete(ConsoleSession).where(ConsoleSession.user_id.in_(user_ids)))
    return cast(CursorResult[Any], result).rowcount


def end_others(session: DbSession, user_id: int, session_id: int) -> None:
    """End every session of a user but one."""
    others = (ConsoleSession.user_id == user_id) & (ConsoleSession.id != session_id)
    session.execute(delete(ConsoleSession).where(others))


def _end_oldest(session: DbSession, user_id: int) -> None:
    newest = (
        select(ConsoleSession.id)
        .where(ConsoleSession.user_id == user_id)
        .order_by(ConsoleSession.id.desc())
    )
    surplus = session.scalars(newest).all()[MOST_PER_USER - 1 :]
    if surplus:
        session.execute(delete(ConsoleSession).where(ConsoleSession.id.in_(surplus)))
