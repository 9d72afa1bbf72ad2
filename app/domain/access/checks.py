"""Checks: whether users have permissions, and why; one or many with two statements."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, select

from app.domain.phrases import listed
from app.domain.text import is_name
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.base import normalised
from app.models.user import ADMIN

Pair = tuple[str, str]


class PermissionCheck(NamedTuple):
    """The answer to whether a user has a permission.

    Attributes:
        user: The user name, as asked.
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
    """Return the answer for each pair of a user name and a permission, in their order.

    Users and permissions that do not exist have nothing.
    """
    codes = {code for _, code in pairs if is_name(code)}
    asked = {name for name, _ in pairs if is_name(name)}
    names = asked | {normalised(name) for name in asked}
    known = set(session.scalars(select(Permission.code).where(Permission.code.in_(codes))))
    users = _held(session, names, known)
    return [_answer(users, known, pair) for pair in pairs]


def _held(session: DbSession, names: set[str], codes: set[str]) -> dict[str, _Held]:
    query = (
        select(User.username, User.is_active, Role.name, Permission.code)
        .distinct()
        .outerjoin(user_roles, user_roles.c.user_id == User.id)
        .outerjoin(Role, Role.id == user_roles.c.role_id)
        .outerjoin(role_permissions, role_permissions.c.role_id == Role.id)
        .outerjoin(
            Permission,
            and_(Permission.id == role_permissions.c.permission_id, Permission.code.in_(codes)),
        )
        .where(User.username.in_(names))
    )
    users: dict[str, _Held] = {}
    for name, is_active, role, code in session.execute(query):
        held = users.setdefault(name, _Held(is_active, {}))
        for granted in codes if role == ADMIN else {code or ""} - {""}:
            held.by_code.setdefault(granted, set()).add(role)
    return users


def _answer(users: dict[str, _Held], known: set[str], pair: Pair) -> PermissionCheck:
    name, code = pair
    held = users.get(name) or users.get(normalised(name) if is_name(name) else "")
    if held is None:
        return PermissionCheck(name, code, "This user does not exist.")
    if code not in known:
        return PermissionCheck(name, code, "This permission does not exist.")
    by = tuple(sorted(held.by_code.get(code, ())))
    if not held.is_active:
        return PermissionCheck(name, code, "The account is inactive.", by)
    if not by:
        return PermissionCheck(name, code, f"None of their roles grants {code}.")
    verb = "grants" if len(by) == 1 else "grant"
    return PermissionCheck(name, code, f"{listed(by)} {verb} {code}.", by, allowed=True)
