"""One-time links: each works once, within an hour after it was issued."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update

from app.domain.authentication import tokens
from app.domain.errors import NotFound
from app.models import DbSession, OneTimeLink
from app.models.base import utcnow

LIFETIME = timedelta(minutes=60)


class Purpose(StrEnum):
    """The purpose of a link; that of a new account serves to choose a password, as a reset does."""

    SET_UP = "setup"
    RESET = "reset"
    WELCOME = "welcome"

    @property
    def stored(self) -> tuple[str, ...]:
        """The stored purposes of the links that serve this one."""
        if self is Purpose.SET_UP:
            return (Purpose.SET_UP,)
        return (Purpose.RESET, Purpose.WELCOME)


class InvalidLink(NotFound):
    """The link was used, has expired or is unknown."""


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
        purpose: The purpose of the link.
        user_id: The user whose password it sets; None for the first administrator.
        issued_by_id: The user who will see the link; None for a command.

    Returns:
        A token of 256 random bits; only its SHA-256 is stored.
    """
    revoke(session, purpose, user_id)
    token = tokens.new_token()
    session.add(
        OneTimeLink(
            token_hash=tokens.digest(token),
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
        InvalidLink: The link was used, has expired or is unknown.
    """
    link = session.scalars(select(OneTimeLink).where(*_usable(purpose, token))).first()
    if link is None:
        raise InvalidLink("This link has been used or is too old. Ask for a new one.")
    return link


def use(session: DbSession, purpose: Purpose, token: str) -> OneTimeLink:
    """Use the link; if it is used twice at the same time, one succeeds.

    Raises:
        InvalidLink: The link was used, has expired or is unknown.
    """
    used = update(OneTimeLink).where(*_usable(purpose, token)).values(used_at=utcnow())
    result = session.execute(used.execution_options(synchronize_session=False))
    if cast(CursorResult[Any], result).rowcount == 0:
        raise InvalidLink("This link has been used or is too old. Ask for a new one.")
    return session.scalars(
        select(OneTimeLink)
        .where(OneTimeLink.token_hash == tokens.digest(token))
        .execution_options(populate_existing=True)
    ).one()


def revoke(session: DbSession, purpose: Purpose, user_id: int | None) -> None:
    """Make the earlier links for this purpose and user stop working."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.purpose.in_(purpose.stored),
            OneTimeLink.user_id.is_(None) if user_id is None else OneTimeLink.user_id == user_id,
        )
    )


def _usable(purpose: Purpose, token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.token_hash == tokens.digest(token),
        OneTimeLink.purpose.in_(purpose.stored),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > utcnow(),
    )
