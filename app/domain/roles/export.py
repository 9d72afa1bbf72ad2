"""The export of the matrix, or of the part that matches a filter, as a CSV file."""

from collections.abc import Iterator

from app.domain import csv
from app.domain.csv import Separator
from app.domain.roles.matrix import Matrix
from app.domain.target import Target

EXPORTED = "roles:exported"
EXPORT_TARGET = Target("list", "roles and permissions")
HEADER = ("permission", "description")


def export_file(matrix: Matrix, separator: Separator = Separator.COMMA) -> Iterator[bytes]:
    """Yield the file in pieces: a line for each permission, a column for each role."""
    header = (*HEADER, *(role.name for role in matrix.roles))
    return csv.encoded(header, [_rows(matrix)], separator)


def _rows(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    for permission in matrix.permissions:
        granted = ("yes" if role.grants(permission.code) else "no" for role in matrix.roles)
        yield (permission.code, permission.description or "", *granted)
