"""Numbers for the overview that cost the same with a hundred users as with a million.

Whatever may be large is counted up to `COUNTED` and no further, along an index. Where an answer
would need every user, only the newest users are checked, and the numbers say so.
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
from app.domain.authentication import second_factor
from app.domain.paging import COUNTED
from app.models import (
    AuditEvent,
    DbSession,
    Permission,
    Role,
    User,
    role_permissions,
    user_roles,
)
from app.models.user import ADMIN

ADMINISTRATORS = 1000


@dataclass(frozen=True)
class People:
    """Counts of users; a count above `COUNTED` means "more than that".

    Attributes:
        active: Users who may sign in.
        inactive: Users who may not.
        unverified: Of those checked, users whose email address is not verified.
        without_role: Of those checked, users without a role.
        active_without_role: Of those checked, active users without a role.
    """

    active: int
    inactive: int
    unverified: int
    without_role: int
    active_without_role: int

    @property
    def is_complete(self) -> bool:
        """Tell whether all users were checked, not only the `COUNTED` newest."""
        return self.active + self.inactive <= COUNTED


@dataclass(frozen=True)
class RolePeople:
    """A role and the number of users who have it; above `COUNTED` means "more than that"."""

    id: int
    name: str
    is_system: bool
    people: int


@dataclass(frozen=True)
class PermissionUse:
    """A permission, and whether a role other than ``admin``, which grants them all, grants it."""

    code: str
    is_granted: bool


@dataclass(frozen=True)
class Administrator:
    """An active user with the role ``admin``: their last sign-in here, and their second factor."""

    id: int
    username: str
    signed_in_at: datetime | None
    has_second_factor: bool


def people(session: DbSession) -> People:
    """Count the users, in two statements."""
    oldest = select(User.id).order_by(User.id.desc()).offset(COUNTED - 1).limit(1)
    totals = session.execute(
        select(
            _up_to(User.is_active).label("active"),
            _up_to(~User.is_active).label("inactive"),
            func.coalesce(oldest.scalar_subquery(), 0).label("oldest"),
        )
    ).one()
    kinds = session.execute(_checked(totals.oldest)).all()
    return People(
        totals.active,
        totals.inactive,
        unverified=sum(kind.users for kind in kinds if not kind.is_verified),
        without_role=sum(kind.users for kind in kinds if not kind.has_role),
        active_without_role=sum(
            kind.users for kind in kinds if kind.is_active and not kind.has_role
        ),
    )


def people_per_role(session: DbSession) -> list[RolePeople]:
    """Return all roles with the number of users who have each, the largest first.

    In two statements.
    """
    rows = session.execute(select(Role.id, Role.name, Role.is_system)).all()
    people = roles.member_counts(session, [row.id for row in rows])
    counts = [RolePeople(row.id, row.name, row.is_system, people[row.id]) for row in rows]
    return sorted(counts, key=lambda role: (-role.people, role.name))


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
    """Return the active users with ``admin``, at most `ADMINISTRATORS`, in one statement."""
    admin = select(Role.id).where(Role.name == ADMIN).scalar_subquery()
    # A range in its order, and a limit: otherwise PostgreSQL assumes that admin has as many users
    # as any other role, and reads every user.
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
            # A deleted user may have had the same id.
            AuditEvent.at >= User.created_at,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        select(User.id, User.username, signed_in_at, second_factor.OF_USER)
        .join(holders, holders.c.user_id == User.id)
        .where(User.is_active)
    )
    rows = [Administrator(*row) for row in session.execute(query)]
    return sorted(rows, key=lambda administrator: administrator.username)


def _up_to(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ScalarSelect[int]:
    matching = select(User.id).where(condition).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(matching).scalar_subquery()


def _checked(oldest: int) -> Select[tuple[bool, bool, bool, int]]:
    # Both tables get the bound, so that neither is read from its beginning; the limit keeps SQLite
    # from reading all users in the order of an index that suits the groups.
    has_role = exists().where(user_roles.c.user_id == User.id, user_roles.c.user_id >= oldest)
    newest = (
        select(User.is_active, User.is_verified, has_role.correlate(User).label("has_role"))
        .where(User.id >= oldest)
        .limit(COUNTED)
        .subquery()
    )
    kinds = (newest.c.is_active, newest.c.is_verified, newest.c.has_role)
    return select(*kinds, func.count().label("users")).group_by(*kinds)
