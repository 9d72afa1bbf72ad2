"""The permissions that only administrators would have after a change of grants or assignments."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TypeVar

from sqlalchemy import exists, func, select

from app.domain.reviews import ReviewedRows, rows_of
from app.models import DbSession, Permission, Role, User, user_roles

Granted = Mapping[int, frozenset[str]]
K = TypeVar("K")


def orphaned_permissions(
    session: DbSession, before: Granted, after: Granted, admin: int
) -> list[str]:
    """Return the permissions that afterwards no active user but administrators would have.

    Args:
        session: The database session; it only reads.
        before: The codes that each role grants in effect before.
        after: The codes that each role grants in effect afterwards.
        admin: The ID of the role that grants everything, or 0.
    """
    before, after = (_without(granted, admin) for granted in (before, after))
    if not any(codes - after.get(role_id, frozenset()) for role_id, codes in before.items()):
        return []
    assigned = _assigned(session)
    return sorted(granted_by(before, assigned) - granted_by(after, assigned))


def granted_by(granted: Mapping[K, frozenset[str]], roles: Collection[K]) -> frozenset[str]:
    """Return the codes that at least one of these roles grants."""
    return frozenset().union(*(codes for role, codes in granted.items() if role in roles))


def active_members(session: DbSession) -> Counter[str]:
    """Return the number of active users who have a role, by its name."""
    query = select(Role.name, func.count().label("number")).join(
        user_roles, user_roles.c.role_id == Role.id
    )
    query = query.join(User, User.id == user_roles.c.user_id).where(User.is_active)
    rows = session.execute(query.group_by(Role.name))
    return Counter({row.name: row.number for row in rows})


def orphaned_rows(ids: Collection[int]) -> ReviewedRows:
    """Return these permissions as a part of a review."""
    return rows_of("Permissions that only administrators would have", Permission, ids)


def _without(granted: Granted, admin: int) -> Granted:
    return {role_id: codes for role_id, codes in granted.items() if role_id != admin}


def _assigned(session: DbSession) -> set[int]:
    """Return the IDs of the roles that an active user has."""
    held = exists().where(
        user_roles.c.role_id == Role.id, User.id == user_roles.c.user_id, User.is_active
    )
    return set(session.scalars(select(Role.id).where(held)))
