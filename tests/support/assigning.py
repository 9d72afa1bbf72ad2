"""Roles assigned to the people of the tests, as a page or a command does it."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain import users
from app.domain.access import RoleGrants
from app.domain.actor import Actor
from app.domain.users import AssignmentEdit
from app.models import DbSession, Role, User
from app.unit_of_work import carry_out
from tests.support.people import acting


def edit(session: DbSession, user: User, *names: str, reason: str = "") -> AssignmentEdit:
    """Return the assignment of exactly these roles, as a page that was just opened sends it."""
    ids = session.scalars(select(Role.id).where(Role.name.in_(names))).all()
    assert len(ids) == len(names)
    held = users.roles_etag(role.id for role in user.roles)
    return AssignmentEdit(frozenset(ids), held, reason)


def set_roles(
    session: DbSession, user: User, *names: str, by: User | Actor, reason: str = ""
) -> Sequence[RoleGrants]:
    """Assign exactly these roles."""
    wanted, user_id = edit(session, user, *names, reason=reason), user.id
    actor = acting(by) if isinstance(by, User) else by
    return carry_out(lambda: users.set_roles(session, user_id, wanted, actor=actor), actor=actor)


def names_of(user: User) -> set[str]:
    """Return the names of the roles that the user holds."""
    return {role.name for role in user.roles}
