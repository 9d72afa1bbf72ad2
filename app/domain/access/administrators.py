"""Administrators: active users with the role ``admin`` who can sign in; one always stays."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from app.domain.authentication import passwords
from app.domain.errors import RuleError
from app.domain.target import Target
from app.models import DbSession, Role, User, user_roles
from app.models.user import ADMIN, NO_PASSWORD


class LastAdministrator(RuleError):
    """The change would leave nobody who administers the console and can sign in."""


def has_administrator(session: DbSession) -> bool:
    """Tell whether there is at least one administrator."""
    return _any_can_sign_in(session.scalars(_hashes()))


def administrators(session: DbSession) -> frozenset[int]:
    """Return the ids of all administrators."""
    rows = session.execute(_hashes().add_columns(User.id))
    return frozenset(row.id for row in rows if _is_usable(row.password_hash))


def can_sign_in(user: User) -> bool:
    """Tell whether the user is active and has a password that can be verified."""
    return user.is_active and _is_usable(user.password_hash)


def is_administrator(user: User) -> bool:
    """Tell whether the user is an administrator."""
    return can_sign_in(user) and user.has_role(ADMIN)


def is_last_administrator(session: DbSession, user: User) -> bool:
    """Tell whether the user is the only administrator."""
    others = _hashes().where(User.id != user.id)
    return is_administrator(user) and not _any_can_sign_in(session.scalars(others))


def is_administrator_left(session: DbSession) -> bool:
    """Tell, after a change was flushed, whether an administrator is left, and lock them."""
    left = _hashes().order_by(User.id).with_for_update()
    return _any_can_sign_in(session.scalars(left))


def last_administrator(user: User) -> str:
    """Return the sentence that refuses to lose the last administrator."""
    return f"{user.username} is the last administrator. Make somebody else one first."


def refuse_losing(session: DbSession, user: User) -> None:
    """Refuse to take the role ``admin`` from the last administrator.

    Raises:
        LastAdministrator: The user is the last one.
    """
    if is_last_administrator(session, user):
        raise _refusal(user)


def refuse_without_administrator(session: DbSession, user: User) -> None:
    """Refuse, after a change was flushed, if no administrator is left.

    Raises:
        LastAdministrator: The user was the last one.
    """
    if not is_administrator_left(session):
        raise _refusal(user)


def _refusal(user: User) -> LastAdministrator:
    return LastAdministrator(last_administrator(user), target=Target.of_user(user))


def _hashes() -> Select[str]:
    """Return the query of the stored hashes of the active users who have ``admin``."""
    return (
        select(User.password_hash)
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(Role.name == ADMIN, User.is_active)
    )


def _any_can_sign_in(hashes: Iterable[str]) -> bool:
    return any(_is_usable(stored) for stored in hashes)


def _is_usable(password_hash: str) -> bool:
    return passwords.is_readable(password_hash) and not password_hash.startswith(NO_PASSWORD)
