"""One-time links: issued by the server, used once, over after an hour."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update

from app.domain.errors import NotFound
from app.models import DbSession, OneTimeLink
from app.models.base import utcnow

LIFETIME = timedelta(minutes=60)


class Purpose(StrEnum):
    """What a link is for."""

    SET_UP = "setup"
    RESET = "reset"


class LinkIsGone(NotFound):
    """The link was used, is over, or never was."""


def issue(
    session: DbSession,
    purpose: Purpose,
    *,
    user_id: int | None = None,
    issued_by_id: int | None = None,
) -> str:
    """Return the token of a new link; earlier links for the same purpose and user stop working.

    Args:
        session: The database session; the caller commits it.
        purpose: What the link is for.
        user_id: Whose password it sets; None for the first administrator.
        issued_by_id: Who will see the link; None for a command.

    Returns:
        A token of 256 random bits; only its SHA-256 is stored.
    """
    forget(session, purpose, user_id)
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token_hash=_digest(token),
            purpose=purpose.value,
            user_id=user_id,
            issued_by_id=issued_by_id,
            expires_at=utcnow() + LIFETIME,
        )
    )
    return token


def peek(session: DbSession, purpose: Purpose, token: str) -> OneTimeLink:
    """Return the link without using it.

    Raises:
        LinkIsGone: It was used, is over, or never was.
    """
    link = session.scalars(select(OneTimeLink).where(*_usable(purpose, token))).first()
    if link is None:
        raise LinkIsGone("This link has been used or is too old. Ask for a new one.")
    return link


def use(session: DbSession, purpose: Purpose, token: str) -> OneTimeLink:
    """Use the link up; of two who use it at once, one succeeds.

    Raises:
        LinkIsGone: It was used, is over, or never was.
    """
    used = update(OneTimeLink).where(*_usable(purpose, token)).values(used_at=utcnow())
    result = session.execute(used.execution_options(synchronize_session=False))
    if cast(CursorResult[Any], result).rowcount == 0:
        raise LinkIsGone("This link has been used or is too old. Ask for a new one.")
    return session.scalars(
        select(OneTimeLink)
        .where(OneTimeLink.token_hash == _digest(token))
        .execution_options(populate_existing=True)
    ).one()


def forget(session: DbSession, purpose: Purpose, user_id: int | None) -> None:
    """Make the earlier links for this purpose and user stop working."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.purpose == purpose.value,
            OneTimeLink.user_id.is_(None) if user_id is None else OneTimeLink.user_id == user_id,
        )
    )


def _usable(purpose: Purpose, token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.token_hash == _digest(token),
        OneTimeLink.purpose == purpose.value,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > utcnow(),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
