"""What there is, in figures that cost the same with a hundred users as with a million.

Whatever may be many is counted up to `COUNTED` and no further, along an index. Where an answer
would need every user, the users added last are looked at, and the figures say so.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    exists,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.domain import roles
from app.domain.paging import COUNTED
from app.models import AuditEvent, DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.user import ADMIN

ADMINISTRATORS = 1000


@dataclass(frozen=True)
class People:
    """How many users there are; a figure above `COUNTED` means "more than that".

    Attributes:
        active: Users who may sign in.
        inactive: Users who may not.
        unverified: Of those looked at, users whose e-mail address is not verified.
        without_role: Of those looked at, users who hold no role.
        active_without_role: Of those looked at, active users who hold no role.
    """

    active: int
    inactive: int
    unverified: int
    without_role: int
    active_without_role: int

    @property
    def are_all_looked_at(self) -> bool:
        """Tell whether the figures below are of all users, not of the `COUNTED` added last."""
        return self.active + self.inactive <= COUNTED


@dataclass(frozen=True)
class RolePeople:
    """A role, and how many users hold it: above `COUNTED` means "more than that"."""

    id: int
    name: str
    is_system: bool
    people: int


@dataclass(frozen=True)
class PermissionUse:
    """A permission, and whether a role other than ``admin``, which holds them all, grants it."""

    code: str
    is_granted: bool


@dataclass(frozen=True)
class Administrator:
    """An active user who holds ``admin``, and when they last signed in to this console."""

    id: int
    username: str
    signed_in_at: datetime | None


def people(session: DbSession) -> People:
    """Count the users, in two statements."""
    oldest = select(User.id).order_by(User.id.desc()).offset(COUNTED - 1).limit(1)
    figures = session.execute(
        select(
            _up_to(User.is_active).label("active"),
            _up_to(~User.is_active).label("inactive"),
            func.coalesce(oldest.scalar_subquery(), 0).label("oldest"),
        )
    ).one()
    kinds = session.execute(_looked_at(figures.oldest)).all()
    return People(
        figures.active,
        figures.inactive,
        unverified=sum(kind.users for kind in kinds if not kind.is_verified),
        without_role=sum(kind.users for kind in kinds if not kind.has_role),
        active_without_role=sum(
            kind.users for kind in kinds if kind.is_active and not kind.has_role
        ),
    )


def people_per_role(session: DbSession) -> list[RolePeople]:
    """Return all roles with how many users hold each, those with the most first.

    In two statements, and one more for each further `members.ROLES_AT_ONCE` roles.
    """
    rows = session.execute(select(Role.id, Role.name, Role.is_system)).all()
    people = roles.member_counts(session, [row.id for row in rows])
    found = [RolePeople(row.id, row.name, row.is_system, people[row.id]) for row in rows]
    return sorted(found, key=lambda role: (-role.people, role.name))


def permissions(session: DbSession) -> list[PermissionUse]:
    """Return all permissions, each with whether a role other than ``admin`` grants it."""
    granted = (
        exists()
        .where(
            role_permissions.c.permission_id == Permission.id,
            role_permissions.c.role_id == Role.id,
            Role.name != ADMIN,
        )
        .correlate(Permission)
    )
    query = select(Permission.code, granted).order_by(Permission.code)
    return [PermissionUse(code, bool(is_granted)) for code, is_granted in session.execute(query)]


def administrators(session: DbSession) -> list[Administrator]:
    """Return the active users who hold ``admin``, at most `ADMINISTRATORS`, in one statement."""
    admin = select(Role.id).where(Role.name == ADMIN).scalar_subquery()
    # A range in its order, and a limit: else PostgreSQL takes admin for a role that as many hold as
    # any other, and reads every user.
    holders = (
        select(user_roles.c.user_id)
        .where(user_roles.c.role_id >= admin, user_roles.c.role_id <= admin)
        .order_by(user_roles.c.role_id)
        .limit(ADMINISTRATORS)
        .subquery()
    )
    signed_in_at = (
        select(AuditEvent.at)
        .where(
            AuditEvent.target_type == "user",
            AuditEvent.target_id == User.id,
            AuditEvent.action == "user:signed-in",
            # Somebody who was deleted may have had the id before.
            AuditEvent.at >= User.created_at,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        select(User.id, User.username, signed_in_at)
        .join(holders, holders.c.user_id == User.id)
        .where(User.is_active)
    )
    found = [Administrator(*row) for row in session.execute(query)]
    return sorted(found, key=lambda administrator: administrator.username)


def _up_to(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ScalarSelect[int]:
    some = select(User.id).where(condition).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _looked_at(oldest: int) -> Select[tuple[bool, bool, bool, int]]:
    # The bound is said of both tables, so that neither is read from its beginning; the limit keeps
    # SQLite from reading all users in the order of an index that suits the groups.
    held = exists().where(user_roles.c.user_id == User.id, user_roles.c.user_id >= oldest)
    some = (
        select(User.is_active, User.is_verified, held.correlate(User).label("has_role"))
        .where(User.id >= oldest)
        .limit(COUNTED)
        .subquery()
    )
    kinds = (some.c.is_active, some.c.is_verified, some.c.has_role)
    return select(*kinds, func.count().label("users")).group_by(*kinds)
