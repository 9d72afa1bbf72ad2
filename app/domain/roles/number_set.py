"""Sets of whole numbers as one parameter of a statement, however many they are.

A list in a statement takes a parameter for each of its members, and databases plan each length of
it again. This is one text of JSON, which each database reads as rows.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, String, TableValuedAlias, bindparam, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_SQLITE = "(SELECT value AS member FROM json_each({}))"
_POSTGRESQL = (
    "(SELECT text::bigint AS member FROM json_array_elements_text(CAST({} AS json)) AS text)"
)
_MYSQL = "JSON_TABLE({}, '$[*]' COLUMNS (member BIGINT PATH '$'))"


class number_rows(FunctionElement[int]):
    """The rows of a set of numbers, with the one column ``member``."""

    inherit_cache = True


def rows_of(name: str) -> TableValuedAlias:
    """Return the set that a parameter holds, to be selected from; see `written`.

    Args:
        name: The name of the parameter.
    """
    parameter = bindparam(name, type_=String)
    return number_rows(parameter).table_valued(column("member", BigInteger)).alias(name)


def written(numbers: Iterable[int]) -> str:
    """Return a set as the parameter of `rows_of` takes it."""
    return json.dumps(sorted(numbers))


@compiles(number_rows, "sqlite")
def _sqlite(element: number_rows, compiler: Any, **options: Any) -> str:
    return _SQLITE.format(compiler.process(element.clauses, **options))


@compiles(number_rows, "postgresql")
def _postgresql(element: number_rows, compiler: Any, **options: Any) -> str:
    return _POSTGRESQL.format(compiler.process(element.clauses, **options))


@compiles(number_rows, "mysql")
def _mysql(element: number_rows, compiler: Any, **options: Any) -> str:
    return _MYSQL.format(compiler.process(element.clauses, **options))
