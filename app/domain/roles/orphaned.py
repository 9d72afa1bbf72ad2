"""The permissions that only administrators would have after a change of grants."""

from collections.abc import Mapping

from sqlalchemy import exists, select

from app.models import DbSession, Role, User, user_roles

Granted = Mapping[int, frozenset[str]]


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
    roles_before, roles_after = (_by_code(granted, admin) for granted in (before, after))
    changed = {
        code: ids for code, ids in roles_before.items() if ids - roles_after.get(code, set())
    }
    assigned = _assigned(session) if changed else set()
    return sorted(
        code
        for code, ids in changed.items()
        if ids & assigned and not roles_after.get(code, set()) & assigned
    )


def _by_code(granted: Granted, admin: int) -> dict[str, set[int]]:
    by_code: dict[str, set[int]] = {}
    for role_id, codes in granted.items():
        for code in codes if role_id != admin else ():
            by_code.setdefault(code, set()).add(role_id)
    return by_code


def _assigned(session: DbSession) -> set[int]:
    """Return the IDs of the roles that an active user has."""
    held = exists().where(
        user_roles.c.role_id == Role.id, User.id == user_roles.c.user_id, User.is_active
    )
    return set(session.scalars(select(Role.id).where(held)))
