"""The roles of all users who have any, or of some users."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select

from app.models import DbSession, Role, User, user_roles


class HeldRoles(NamedTuple):
    """A user with the names of their roles."""

    id: int
    username: str
    is_active: bool
    roles: frozenset[str]


def held_roles(session: DbSession, role_ids: Collection[int] | None = None) -> Sequence[HeldRoles]:
    """Return the users who have a role, with all their roles, in one statement.

    Args:
        session: The database session; it only reads.
        role_ids: The roles of which users have at least one; None for any.
    """
    query = (
        select(User.id, User.username, User.is_active, Role.name.label("role"))
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .order_by(User.id)
    )
    if role_ids is not None:
        holding = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(role_ids))
        query = query.where(User.id.in_(holding))
    held: dict[tuple[int, str, bool], set[str]] = {}
    for row in session.execute(query):
        held.setdefault((row.id, row.username, row.is_active), set()).add(row.role)
    return [HeldRoles(*user, frozenset(names)) for user, names in held.items()]
