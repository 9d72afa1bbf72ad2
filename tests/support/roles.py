"""What the tests of the pages of roles share: paths, permissions, and many members."""

import re
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from app.models import DbSession, Permission, Role, User, role_permissions, user_roles

if TYPE_CHECKING:
    from tests.support.browsing import Page


def path_of(role: Role, beyond: str = "") -> str:
    """Return the path of the page of a role, or of one below it."""
    return f"/roles/{role.id}{beyond}"


def permissions(session: DbSession, *codes: str) -> list[Permission]:
    """Return the permissions of these codes."""
    return list(session.scalars(select(Permission).where(Permission.code.in_(codes))))


def crowd(session: DbSession, role: Role, number: int) -> None:
    """Give a role so many members, named "one-000" and on; the session is committed."""
    rows = [
        {"username": f"one-{n:03}", "email": f"one-{n}@example.org", "password_hash": "x"}
        for n in range(number)
    ]
    session.execute(insert(User), rows)
    ids = session.scalars(select(User.id).where(User.username.startswith("one-")))
    session.execute(insert(user_roles), [{"user_id": n, "role_id": role.id} for n in ids])
    session.commit()


def furnish(session: DbSession, *, roles: int = 300, permissions: int = 400) -> None:
    """Make a large house: so many roles and permissions, of which each role grants a seventh."""
    have = len(list(session.scalars(select(Permission.id))))
    rows = [
        {"code": f"area{n // 4:03}:{n}", "resource": f"area{n // 4:03}", "action": str(n)}
        for n in range(permissions - have)
    ]
    session.execute(insert(Permission), rows)
    session.execute(insert(Role), [{"name": f"team {n:03}"} for n in range(roles - 3)])
    ids = list(session.scalars(select(Permission.id).order_by(Permission.code)))
    teams = select(Role.id).where(Role.name.startswith("team")).order_by(Role.name)
    grants = [
        {"role_id": role, "permission_id": permission}
        for position, role in enumerate(session.scalars(teams))
        for permission in ids[position % 7 :: 7]
    ]
    session.execute(insert(role_permissions), grants)
    session.commit()


def codes_of(page: "Page") -> list[str]:
    """Return the permissions in the rows of the matrix, in their order."""
    return re.findall(r'<th scope="row">\s*<a[^>]*><code>([^<]+)</code>', page.html)
