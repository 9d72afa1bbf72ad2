"""The matrix: which role grants which permission."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, String, cast, func, select

from app.domain.errors import NotFound
from app.domain.target import Target
from app.models import DbSession, Permission, Role, role_permissions
from app.models.user import ADMIN

BETWEEN_IDS = ","

ROLE_COLUMNS: tuple[Any, ...] = (Role.id, Role.name, Role.description, Role.is_system)

_GRANTED = (
    select(func.aggregate_strings(cast(role_permissions.c.permission_id, String), BETWEEN_IDS))
    .where(role_permissions.c.role_id == Role.id)
    .correlate(Role)
    .scalar_subquery()
)


PermissionRow = Row[Any]
Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class MatrixRole:
    """A column of the matrix; what is granted is known by id and by code."""

    id: int
    name: str
    description: str | None
    is_system: bool
    permission_ids: frozenset[int]
    codes: frozenset[str]

    @property
    def grants_all(self) -> bool:
        """Tell whether the role grants every permission there is."""
        return self.name == ADMIN

    def grants(self, code: str) -> bool:
        """Tell whether the role grants the permission ``code``."""
        return code in self.codes or self.grants_all

    def count(self, permissions: Rows) -> int:
        """Return how many of these permissions the role grants."""
        return sum(self.grants(permission.code) for permission in permissions)

    @property
    def target(self) -> Target:
        """The role as audit events name it."""
        return Target("role", self.name, self.id)


@dataclass(frozen=True)
class Matrix:
    """All roles, permissions and grants; permissions have id, code, description and resource."""

    roles: Sequence[MatrixRole]
    permissions: Rows

    @cached_property
    def by_id(self) -> dict[int, MatrixRole]:
        """The roles by their ids."""
        return {role.id: role for role in self.roles}

    @cached_property
    def codes(self) -> dict[int, str]:
        """The codes of the permissions by their ids."""
        return {permission.id: permission.code for permission in self.permissions}

    @property
    def admin_id(self) -> int:
        """The id of the role that grants everything; 0 where there is none."""
        return next((role.id for role in self.roles if role.grants_all), 0)

    @property
    def granted(self) -> dict[int, frozenset[str]]:
        """The codes that each role grants in effect; the role ``admin`` grants them all."""
        every = frozenset(self.codes.values())
        return {role.id: every if role.grants_all else role.codes for role in self.roles}

    def role(self, role_id: int) -> MatrixRole:
        """Return the role with the id.

        Raises:
            NotFound: There is no such role.
        """
        if role_id not in self.by_id:
            raise NotFound("There is no such role.")
        return self.by_id[role_id]

    def only(self, permission_ids: Collection[int]) -> "Matrix":
        """Return the matrix with the rows of these permissions."""
        return replace(self, permissions=[p for p in self.permissions if p.id in permission_ids])

    def by_resource(self) -> dict[str, list[Row[Any]]]:
        """Return the permissions grouped by their resource."""
        groups: dict[str, list[Row[Any]]] = defaultdict(list)
        for permission in self.permissions:
            groups[permission.resource].append(permission)
        return groups


def read_matrix(session: DbSession) -> Matrix:
    """Return all roles and permissions and which grants which, in two statements."""
    query = select(Permission.id, Permission.code, Permission.description, Permission.resource)
    permissions: Rows = list(session.execute(query.order_by(Permission.code)))
    codes = {row.id: row.code for row in permissions}
    # As one text for each role: a row for each of ten thousand grants takes two to four times as
    # long.
    every = session.execute(listed(select(*ROLE_COLUMNS, _GRANTED.label("granted"))))
    return Matrix([_matrix_role(role, codes) for role in every], permissions)


def listed(query: Select[Any]) -> Select[Any]:
    """Return the query in the order of lists: system roles first, then by name."""
    return query.order_by(Role.is_system.desc(), Role.name)


def _matrix_role(role: Row[Any], codes: dict[int, str]) -> MatrixRole:
    ids = map(int, role.granted.split(BETWEEN_IDS)) if role.granted else ()
    # A permission may have been added between the two statements that asked for them.
    known = frozenset(ids) & codes.keys()
    return MatrixRole(
        id=role.id,
        name=role.name,
        description=role.description,
        is_system=role.is_system,
        permission_ids=known,
        codes=frozenset(codes[number] for number in known),
    )
