"""Look up roles by ID, name, permission or member."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, String, bindparam, case, cast, exists, func, select
from sqlalchemy.orm import selectinload

from app.domain.access import RoleGrants
from app.domain.errors import InvalidValue, NotFound, RuleError
from app.domain.roles.matrix import (
    BETWEEN_IDS,
    GRANTED,
    ROLE_COLUMNS,
    MatrixRole,
    Rows,
    ids_of,
    listed,
)
from app.domain.text import is_name
from app.models import DbSession, Permission, Role, role_permissions, user_roles
from app.models.base import HIGHEST_ID
from app.models.spelling import folded
from app.models.user import ADMIN

MOST_AT_ONCE = 1000

_IS_HELD = exists().where(
    user_roles.c.role_id == Role.id,
    user_roles.c.user_id == bindparam("user_id", type_=Integer),
)
_CHOICES = select(
    *ROLE_COLUMNS,
    select(func.count())
    .where(role_permissions.c.role_id == Role.id)
    .correlate(Role)
    .scalar_subquery(),
    _IS_HELD,
).order_by(Role.name)
_ALL_IDS = select(
    func.aggregate_strings(cast(Permission.id, String), BETWEEN_IDS)
).scalar_subquery()
_GRANTS = select(Role.id, Role.name, case((Role.name == ADMIN, _ALL_IDS), else_=GRANTED))
_BEFORE_AND_AFTER = (
    _GRANTS.add_columns(_IS_HELD)
    .where(_IS_HELD | Role.id.in_(bindparam("role_ids", expanding=True)))
    .order_by(Role.name)
)
_NAMES = select(Role.name).order_by(Role.name)
_NAMES_AND_IDS = select(Role.name, Role.id)


class SystemRoleProtected(RuleError):
    """The console relies on its system roles: they keep their names and cannot be deleted."""


@dataclass(frozen=True)
class RoleChoice:
    """A role to choose for a user, who may have it already."""

    id: int
    name: str
    description: str | None
    is_system: bool
    permission_count: int
    is_held: bool

    @property
    def grants_all(self) -> bool:
        """Tell whether the role grants every permission."""
        return self.name == ADMIN


def choices(session: DbSession, user_id: int | None = None) -> list[RoleChoice]:
    """Return all roles, with their numbers of permissions, to choose for a user."""
    rows = session.connection().execute(_CHOICES, {"user_id": user_id or 0}).all()
    return [
        RoleChoice(role_id, name, description, is_system, count, bool(is_held))
        for role_id, name, description, is_system, count, is_held in map(tuple, rows)
    ]


def get(session: DbSession, role_id: int) -> Role:
    """Return the role.

    Raises:
        NotFound: The role does not exist.
    """
    role = session.get(Role, role_id)
    if role is None:
        raise NotFound("This role does not exist.")
    return role


def is_system_role(role: Role | MatrixRole) -> bool:
    """Tell whether the role belongs to the console, so that it keeps its name and stays."""
    return role.is_system or role.name == ADMIN


def permission(session: DbSession, code: str) -> Row[Any]:
    """Return the permission ``code``: its id, code and description.

    Raises:
        NotFound: The permission does not exist.
    """
    query = select(Permission.id, Permission.code, Permission.description)
    query = query.where(Permission.code == code)
    rows: Rows = list(session.execute(query)) if is_name(code) else []
    # MySQL ignores spaces at the end of a code.
    if not rows or rows[0].code != code:
        raise NotFound("This permission does not exist.")
    return rows[0]


def granting(session: DbSession, permission_id: int) -> list[Row[Any]]:
    """Return the roles that grant the permission, always with ``admin``."""
    grants = exists().where(
        role_permissions.c.role_id == Role.id,
        role_permissions.c.permission_id == permission_id,
    )
    query = select(*ROLE_COLUMNS).where((Role.name == ADMIN) | grants)
    return list(session.execute(listed(query)))


def describe_permissions(session: DbSession, codes: Collection[str]) -> list[Row[Any]]:
    """Return these permissions, each with its code and description."""
    query = select(Permission.code, Permission.description).where(Permission.code.in_(codes))
    return list(session.execute(query.order_by(Permission.code)))


def all_names(session: DbSession) -> list[str]:
    """Return the names of all roles, to filter by."""
    return list(session.connection().scalars(_NAMES))


def named(session: DbSession, name: str) -> Role:
    """Return the role named ``name``.

    Raises:
        NotFound: The role does not exist.
    """
    role = _with_name(session, name.strip().lower()) if is_name(name) else None
    if role is None and is_name(name):
        # Another program may have stored it in a spelling of its own.
        same = [stored for stored in all_names(session) if folded(stored) == folded(name)]
        role = _with_name(session, min(same)) if same else None
    if role is None:
        raise NotFound(f"There is no role named {name}.")
    return role


def ids_named(
    session: DbSession, names: Collection[str], *, field: str = "roles"
) -> frozenset[int]:
    """Return the IDs of the roles with these names, in one statement.

    Args:
        session: The database session.
        names: The names.
        field: The field that holds them.

    Raises:
        InvalidValue: One of the roles does not exist.
    """
    by_name = {row.name: row.id for row in session.execute(_NAMES_AND_IDS)}
    by_spelling = {folded(name): id_ for name, id_ in sorted(by_name.items(), reverse=True)}
    found = {
        name: by_name.get(name.strip().lower(), by_spelling.get(folded(name))) for name in names
    }
    if unknown := [name for name, id_ in found.items() if id_ is None]:
        raise InvalidValue(f"There is no role named {unknown[0]}.", field=field)
    return frozenset(id_ for id_ in found.values() if id_ is not None)


def _with_name(session: DbSession, name: str) -> Role | None:
    query = select(Role).where(Role.name == name).options(selectinload(Role.permissions))
    return session.scalars(query).first()


def with_ids(session: DbSession, role_ids: frozenset[int]) -> list[Role]:
    """Return the roles with these IDs.

    Raises:
        InvalidValue: One of them does not exist.
    """
    query = select(Role).where(Role.id.in_(_possible(role_ids))).order_by(Role.name)
    roles = session.scalars(query).all()
    refuse_missing(role_ids, roles)
    return list(roles)


def before_and_after(
    session: DbSession, user_id: int, role_ids: frozenset[int]
) -> tuple[list[RoleGrants], list[RoleGrants]]:
    """Return the roles of a user, and the existing ones of these IDs, in one statement."""
    values = {"user_id": user_id, "role_ids": _possible(role_ids)}
    rows = session.connection().execute(_BEFORE_AND_AFTER, values).all()
    found = [(RoleGrants(id_, name, ids_of(granted)), held) for id_, name, granted, held in rows]
    before = [role for role, is_held in found if is_held]
    after = [role for role, _ in found if role.id in role_ids]
    return before, after


def held_by(session: DbSession, user_ids: Sequence[int]) -> list[RoleGrants]:
    """Return the roles that at least one of the users has."""
    held = select(user_roles.c.role_id).where(user_roles.c.user_id.in_(user_ids))
    rows = session.execute(_GRANTS.where(Role.id.in_(held)).order_by(Role.name))
    return [RoleGrants(id_, name, ids_of(granted)) for id_, name, granted in rows]


def codes_of(session: DbSession, permission_ids: Collection[int]) -> tuple[str, ...]:
    """Return the codes of permissions, sorted."""
    query = select(Permission.code).where(Permission.id.in_(permission_ids))
    return tuple(session.scalars(query.order_by(Permission.code))) if permission_ids else ()


def refuse_missing(role_ids: frozenset[int], roles: Sequence[Role | RoleGrants]) -> None:
    """Refuse IDs of roles if not all of the roles exist.

    Raises:
        InvalidValue: One of the roles does not exist.
    """
    if len(roles) < len(role_ids):
        raise InvalidValue("One of the roles does not exist.", field="roles")


def _possible(role_ids: frozenset[int]) -> list[int]:
    # Drivers refuse numbers that are too high, and too many of them.
    return [id_ for id_ in role_ids if 0 < id_ <= HIGHEST_ID][:MOST_AT_ONCE]
