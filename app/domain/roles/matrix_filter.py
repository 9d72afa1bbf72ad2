"""The filter of the matrix of roles and permissions."""

from dataclasses import dataclass

from app.domain.errors import InvalidValue
from app.domain.roles.matrix import Matrix, PermissionRow

DIFFER = "1"


@dataclass(frozen=True)
class MatrixFilter:
    """A filter of permissions; an empty field matches all.

    Attributes:
        q: Text to be found anywhere in code or description.
        resource: A resource.
        differ: `DIFFER` lets pass what some roles grant and others do not. The role ``admin`` is
            left aside: it grants everything, so that it would differ in every other row.
    """

    q: str = ""
    resource: str = ""
    differ: str = ""

    def matches(self, matrix: Matrix, permission: PermissionRow) -> bool:
        """Tell whether the permission passes the filter."""
        return (
            (not self.resource or self.resource == permission.resource)
            and (not self.q or _contains(permission, self.q.casefold()))
            and (not self.differ or _is_disputed(matrix, permission))
        )


def matching(matrix: Matrix, wanted: MatrixFilter) -> Matrix:
    """Return the matrix with the rows that pass the filter.

    Permissions are few: all have been read, and are sifted here, so that search finds the same on
    every database.

    Raises:
        InvalidValue: There is no such filter.
    """
    if wanted.differ not in {"", DIFFER}:
        raise InvalidValue("There is no such filter.")
    return matrix.only({one.id for one in matrix.permissions if wanted.matches(matrix, one)})


def _contains(permission: PermissionRow, text: str) -> bool:
    return any(text in part.casefold() for part in (permission.code, permission.description or ""))


def _is_disputed(matrix: Matrix, permission: PermissionRow) -> bool:
    others = (role for role in matrix.roles if not role.grants_all)
    return len({role.grants(permission.code) for role in others}) > 1
