"""The matrix of roles and permissions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, String, cast, func, select

from app.domain import paging
from app.domain.access import Holder
from app.domain.errors import NotFound
from app.domain.paging import Cursors, Page, Sort
from app.domain.target import Target
from app.models import DbSession, Permission, Role, role_permissions
from app.models.user import ADMIN

BETWEEN_IDS = ","

ROLE_COLUMNS: tuple[Any, ...] = (Role.id, Role.name, Role.description, Role.is_system)

GRANTED = (
    select(func.aggregate_strings(cast(role_permissions.c.permission_id, String), BETWEEN_IDS))
    .where(role_permissions.c.role_id == Role.id)
    .correlate(Role)
    .scalar_subquery()
)
BY_NAME = Sort(Role.name, Role.id, is_unique=True)
BY_CODE = Sort(Permission.code, Permission.id, is_unique=True)

PermissionRow = Row[Any]
Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class MatrixRole:
    """A column of the matrix, with the granted permissions by ID and by code."""

    id: int
    name: str
    description: str | None
    is_system: bool
    permission_ids: frozenset[int]
    codes: frozenset[str]

    @property
    def grants_all(self) -> bool:
        """Tell whether the role grants every permission."""
        return self.name == ADMIN

    def grants(self, code: str) -> bool:
        """Tell whether the role grants the permission ``code``."""
        return code in self.codes or self.grants_all

    def count(self, permissions: Rows) -> int:
        """Return how many of these permissions the role grants."""
        return sum(self.grants(permission.code) for permission in permissions)

    @property
    def target(self) -> Target:
        """The target of audit events about the role."""
        return Target("role", self.name, self.id)

    @property
    def holder(self) -> Holder:
        """The role with its permissions, to compare with the record."""
        return Holder(self.id, self.name, self.codes)


class RoleComparison(NamedTuple):
    """The permissions that both of two roles grant, and those that only one of them grants."""

    both: Rows
    only_first: Rows
    only_second: Rows


@dataclass(frozen=True)
class Matrix:
    """The roles and permissions; a permission has an id, code, description and resource."""

    roles: Sequence[MatrixRole]
    permissions: Rows

    @cached_property
    def by_id(self) -> dict[int, MatrixRole]:
        """The roles by ID."""
        return {role.id: role for role in self.roles}

    @cached_property
    def codes(self) -> dict[int, str]:
        """The codes of the permissions by ID."""
        return {permission.id: permission.code for permission in self.permissions}

    @property
    def admin_id(self) -> int:
        """The ID of the role that grants everything, or 0."""
        return next((role.id for role in self.roles if role.grants_all), 0)

    @property
    def granted(self) -> dict[int, frozenset[str]]:
        """The codes that each role grants in effect; the role ``admin`` grants them all."""
        all_codes = frozenset(self.codes.values())
        return {role.id: all_codes if role.grants_all else role.codes for role in self.roles}

    def role(self, role_id: int) -> MatrixRole:
        """Return the role with the ID.

        Raises:
            NotFound: The role does not exist.
        """
        if role_id not in self.by_id:
            raise NotFound("This role does not exist.")
        return self.by_id[role_id]

    def only(self, permission_ids: Collection[int]) -> "Matrix":
        """Return the matrix with the rows of these permissions."""
        return replace(self, permissions=[p for p in self.permissions if p.id in permission_ids])

    def compare(self, first: MatrixRole, second: MatrixRole) -> RoleComparison:
        """Return the permissions of two roles, by which of them grants them."""
        kinds: dict[tuple[bool, bool], list[Row[Any]]] = defaultdict(list)
        for row in self.permissions:
            kinds[first.grants(row.code), second.grants(row.code)].append(row)
        return RoleComparison(kinds[True, True], kinds[True, False], kinds[False, True])

    def by_resource(self) -> dict[str, list[Row[Any]]]:
        """Return the permissions grouped by their resource."""
        groups: dict[str, list[Row[Any]]] = defaultdict(list)
        for permission in self.permissions:
            groups[permission.resource].append(permission)
        return groups


def read_matrix(session: DbSession) -> Matrix:
    """Return all roles, permissions and grants, in two statements."""
    permissions = _permissions(session)
    # One text for each role: a row for each of ten thousand grants takes two to four times longer.
    rows = session.execute(listed(select(*ROLE_COLUMNS, GRANTED.label("granted"))))
    return _matrix(rows, permissions)


def matrix_page(
    session: DbSession, cursors: Cursors, role_ids: Collection[int] | None = None
) -> tuple[Matrix, str | None]:
    """Return one page of roles by name, with all permissions, and the cursor of the page after.

    Args:
        session: The database session.
        cursors: The cursor of the page.
        role_ids: The roles that may be on it; None for all.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    permissions = _permissions(session)
    query = select(*ROLE_COLUMNS, GRANTED.label("granted"))
    if role_ids is not None:
        query = query.where(Role.id.in_(role_ids))
    page = paging.page(session, query, BY_NAME, after=cursors.after)
    return _matrix(page.rows, permissions), page.after


def permissions_page(session: DbSession, cursors: Cursors) -> Page:
    """Return one page of permissions by code.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    columns: tuple[Any, ...] = (Permission.id, Permission.code, Permission.description)
    query = select(*columns)
    return paging.page(session, query, BY_CODE, after=cursors.after)


def listed(query: Select[Any]) -> Select[Any]:
    """Return the query in the order of lists: system roles first, then by name."""
    return query.order_by(Role.is_system.desc(), Role.name)


def ids_of(granted: str | None) -> frozenset[int]:
    """Return the ids of permissions that `GRANTED` joins into one text."""
    return frozenset(map(int, granted.split(BETWEEN_IDS))) if granted else frozenset()


def _permissions(session: DbSession) -> Rows:
    query = select(Permission.id, Permission.code, Permission.description, Permission.resource)
    return list(session.execute(query.order_by(Permission.code)))


def _matrix(rows: Iterable[Row[Any]], permissions: Rows) -> Matrix:
    codes = {row.id: row.code for row in permissions}
    return Matrix([_matrix_role(row, codes) for row in rows], permissions)


def _matrix_role(role: Row[Any], codes: dict[int, str]) -> MatrixRole:
    # A permission may have been added between the two statements.
    permission_ids = ids_of(role.granted) & codes.keys()
    return MatrixRole(
        id=role.id,
        name=role.name,
        description=role.description,
        is_system=role.is_system,
        permission_ids=permission_ids,
        codes=frozenset(codes[id_] for id_ in permission_ids),
    )
