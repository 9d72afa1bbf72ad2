"""Checks: whether users have permissions, and why; one or many with two statements."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select, union

from app.domain.phrases import listed
from app.domain.text import is_name
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.base import normalised
from app.models.spelling import stored_address
from app.models.user import ADMIN

NO_USER, INACTIVE = "This user does not exist.", "The account is inactive."
NO_PERMISSION = "This permission does not exist."
Pair = tuple[str, str]


class PermissionCheck(NamedTuple):
    """The answer to whether a user has a permission.

    Attributes:
        user: The user name or email address, as asked.
        permission: The code of the permission.
        reason: The reason, as a sentence.
        granted_by: The roles of the user that grant it.
        allowed: Whether the user has it and is active.
    """

    user: str
    permission: str
    reason: str
    granted_by: tuple[str, ...] = ()
    allowed: bool = False


class _Held(NamedTuple):
    """A user: whether they are active, and the roles that grant each of the permissions."""

    is_active: bool
    by_code: dict[str, set[str]]


def check(session: DbSession, pairs: Sequence[Pair]) -> list[PermissionCheck]:
    """Return the answer for each pair of a user and a permission, in their order.

    A user is asked for by user name or email address; of two, the one with the user name is meant.
    Users and permissions that do not exist have nothing.
    """
    codes = {code for _, code in pairs if is_name(code)}
    asked = {name for name, _ in pairs if is_name(name)}
    known = set(session.scalars(select(Permission.code).where(Permission.code.in_(codes))))
    users = _held(session, asked, known)
    return [_answer(users, known, pair) for pair in pairs]


def reason(code: str, by: Sequence[str], *, is_known: bool = True, is_active: bool = True) -> str:
    """Return why a user has a permission or not, as pages, API and commands say it.

    Args:
        code: The permission.
        by: The roles of the user that grant it.
        is_known: Whether there is such a permission.
        is_active: Whether the user is active.
    """
    if not is_known:
        return NO_PERMISSION
    if not is_active:
        return INACTIVE
    return f"{listed(by)} {granting(code, by)}" if by else f"None of their roles grants {code}."


def granting(code: str, by: Sequence[str]) -> str:
    """Return the end of that sentence, after the names of the roles that grant a permission."""
    return f"{'grants' if len(by) == 1 else 'grant'} {code}."


def _held(session: DbSession, names: set[str], codes: set[str]) -> dict[str, _Held]:
    """Return the users with these names or addresses, by both as they are stored."""
    query = (
        select(User.username, User.email, User.is_active, Role.name, Permission.code)
        .distinct()
        .outerjoin(user_roles, user_roles.c.user_id == User.id)
        .outerjoin(Role, Role.id == user_roles.c.role_id)
        .outerjoin(role_permissions, role_permissions.c.role_id == Role.id)
        .outerjoin(
            Permission,
            and_(Permission.id == role_permissions.c.permission_id, Permission.code.in_(codes)),
        )
        .where(_is_named(names))
    )
    users: dict[str, _Held] = {}
    addresses: dict[str, _Held] = {}
    for name, address, is_active, role, code in session.execute(query):
        held = users.setdefault(name, _Held(is_active, {}))
        addresses[address] = held
        for granted in codes if role == ADMIN else {code or ""} - {""}:
            held.by_code.setdefault(granted, set()).add(role)
    return addresses | users


def _is_named(names: set[str]) -> ColumnElement[bool]:
    has_name = User.username.in_(names | {normalised(name) for name in names})
    addresses = {name for name in names if "@" in name}
    if not addresses:
        return has_name
    has_address = User.email.in_(addresses | {stored_address(name) for name in addresses})
    parts = (select(User.id).where(condition) for condition in (has_name, has_address))
    return User.id.in_(select(union(*parts).subquery().c.id))


def _answer(users: dict[str, _Held], known: set[str], pair: Pair) -> PermissionCheck:
    name, code = pair
    spellings = [name, normalised(name), stored_address(name)] if is_name(name) else []
    held = next((users[spelling] for spelling in spellings if spelling in users), None)
    if held is None:
        return PermissionCheck(name, code, NO_USER)
    by, is_active = tuple(sorted(held.by_code.get(code, ()))), held.is_active
    why = reason(code, by, is_known=code in known, is_active=is_active)
    return PermissionCheck(name, code, why, by, allowed=is_active and bool(by))
