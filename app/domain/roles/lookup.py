"""Roles, found by id, by name, by what they grant and by who has them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, bindparam, exists, func, select
from sqlalchemy.orm import selectinload

from app.domain.access import RoleName
from app.domain.errors import InvalidValue, NotFound
from app.domain.roles.matrix import ROLE_COLUMNS, MatrixRole, Rows, listed
from app.domain.text import is_name
from app.models import DbSession, Permission, Role, role_permissions, user_roles
from app.models.base import HIGHEST_ID
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
_HELD_OR_WANTED = (
    select(Role.id, Role.name, _IS_HELD)
    .where(_IS_HELD | Role.id.in_(bindparam("wanted", expanding=True)))
    .order_by(Role.name)
)
_NAMES = select(Role.name).order_by(Role.name)


@dataclass(frozen=True)
class RoleChoice:
    """A role as it is offered for a user: held or not."""

    id: int
    name: str
    description: str | None
    is_system: bool
    permission_count: int
    is_held: bool

    @property
    def grants_all(self) -> bool:
        """Tell whether the role grants every permission there is."""
        return self.name == ADMIN


def choices(session: DbSession, user_id: int | None = None) -> list[RoleChoice]:
    """Return all roles, each with whether the user holds it and how many permissions it grants."""
    rows = session.connection().execute(_CHOICES, {"user_id": user_id or 0}).all()
    return [
        RoleChoice(number, name, description, is_system, count, bool(is_held))
        for number, name, description, is_system, count, is_held in map(tuple, rows)
    ]


def get(session: DbSession, role_id: int) -> Role:
    """Return the role.

    Raises:
        NotFound: There is no such role.
    """
    role = session.get(Role, role_id)
    if role is None:
        raise NotFound("There is no such role.")
    return role


def is_guarded(role: Role | MatrixRole) -> bool:
    """Tell whether the role came with the console: it keeps its name, and stays."""
    return role.is_system or role.name == ADMIN


def permission(session: DbSession, code: str) -> Row[Any]:
    """Return the permission ``code``: its id, code and description.

    Raises:
        NotFound: There is no such permission.
    """
    query = select(Permission.id, Permission.code, Permission.description)
    query = query.where(Permission.code == code)
    found: Rows = list(session.execute(query)) if is_name(code) else []
    # To MySQL a code with blanks after it is the same code.
    if not found or found[0].code != code:
        raise NotFound("There is no such permission.")
    return found[0]


def granting(session: DbSession, permission_id: int) -> list[Row[Any]]:
    """Return the roles that grant the permission, ``admin`` always among them."""
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
        NotFound: There is no such role.
    """
    query = select(Role).where(Role.name == name.strip().lower())
    query = query.options(selectinload(Role.permissions))
    role = session.scalars(query).first() if is_name(name) else None
    if role is None:
        raise NotFound(f"There is no role named {name}.")
    return role


def with_ids(session: DbSession, role_ids: frozenset[int]) -> list[Role]:
    """Return the roles with these ids.

    Raises:
        InvalidValue: One of them does not exist.
    """
    query = select(Role).where(Role.id.in_(_possible(role_ids))).order_by(Role.name)
    found = session.scalars(query).all()
    refuse_missing(role_ids, found)
    return list(found)


def held_and_wanted(
    session: DbSession, user_id: int, role_ids: frozenset[int]
) -> tuple[list[RoleName], list[RoleName]]:
    """Return the roles that a user holds, and those of these ids that exist, in one statement."""
    values = {"user_id": user_id, "wanted": _possible(role_ids)}
    rows = session.connection().execute(_HELD_OR_WANTED, values).all()
    held = [RoleName(number, name) for number, name, is_held in rows if is_held]
    wanted = [RoleName(number, name) for number, name, _ in rows if number in role_ids]
    return held, wanted


def refuse_missing(role_ids: frozenset[int], found: Sequence[Role | RoleName]) -> None:
    """Refuse ids of which not all were found.

    Raises:
        InvalidValue: One of the roles does not exist.
    """
    if len(found) < len(role_ids):
        raise InvalidValue("One of the roles does not exist any more.", field="roles")


def _possible(role_ids: frozenset[int]) -> list[int]:
    # Drivers cannot even ask for any number, nor for any amount of them.
    return [number for number in role_ids if 0 < number <= HIGHEST_ID][:MOST_AT_ONCE]
