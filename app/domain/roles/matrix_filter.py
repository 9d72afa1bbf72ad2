"""The filter of the matrix: which roles and permissions are shown."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.domain.errors import InvalidValue
from app.domain.roles.matrix import Matrix, MatrixRole, PermissionRow
from app.domain.roles.names import SEPARATOR
from app.domain.text import hold_filters

DIFFER = "1"


@dataclass(frozen=True)
class MatrixFilter:
    """A filter of the matrix; an empty field matches all.

    Attributes:
        q: Text in the code or the description.
        resource: A resource.
        differ: `DIFFER` for the permissions that some of these roles grant and others do not, apart
            from the role ``admin``, which grants everything.
        role: Text in the name of the role, or several texts with commas between them.
        roles: The ids of the roles, with commas between them.
    """

    q: str = ""
    resource: str = ""
    differ: str = ""
    role: str = ""
    roles: str = ""

    def __post_init__(self) -> None:
        """Refuse a text that no name fits: filters are carried through URLs."""
        hold_filters(self)

    def has_role(self, role: MatrixRole) -> bool:
        """Tell whether the role matches the filter."""
        if self.roles and str(role.id) not in self.roles.split(SEPARATOR):
            return False
        texts = [text.strip() for text in self.role.casefold().split(SEPARATOR)]
        return not any(texts) or any(text in role.name.casefold() for text in texts if text)

    def matches(self, permission: PermissionRow, disputed: Collection[str]) -> bool:
        """Tell whether the permission matches the filter; roles differ in the disputed ones."""
        return (
            (not self.resource or self.resource == permission.resource)
            and (not self.q or _contains(permission, self.q.casefold()))
            and (not self.differ or permission.code in disputed)
        )


def matching(matrix: Matrix, filters: MatrixFilter) -> Matrix:
    """Return the matrix with the roles and the permissions that match the filter.

    Both are few, so they are filtered here, with the same result on every database.

    Raises:
        InvalidValue: The filter has an unknown value.
    """
    if filters.differ not in {"", DIFFER}:
        raise InvalidValue("This filter does not exist.", field="differ")
    matrix = replace(matrix, roles=[role for role in matrix.roles if filters.has_role(role)])
    disputed = _disputed(matrix) if filters.differ else ()
    return matrix.only({row.id for row in matrix.permissions if filters.matches(row, disputed)})


def _contains(permission: PermissionRow, text: str) -> bool:
    return any(text in part.casefold() for part in (permission.code, permission.description or ""))


def _disputed(matrix: Matrix) -> frozenset[str]:
    others = [role.codes for role in matrix.roles if not role.grants_all]
    return frozenset().union(*others) - frozenset(matrix.codes.values()).intersection(*others)
