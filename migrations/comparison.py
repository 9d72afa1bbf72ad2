"""The comparison of tables and models by ``flask db check``."""

import re
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from app.models.base import UtcDateTime, current_moment
from app.models.user_trigrams import INDEX

_CAST = re.compile(r"::[\w\s]+(\(\d+\))?$")
_MOMENT = re.compile(r"^(now|current_timestamp)(\(\d*\))?$")
_BOOLEANS = {"true": "1", "false": "0"}


def is_compared(name: str | None, kind: str, tables: set[str]) -> bool:
    """Tell whether a table or an index of the database is one that the models describe.

    Other tables are the backend's, or anybody's, and no affair of the console. The index of parts
    of names is the operator's choice.
    """
    if kind == "index":
        return name != INDEX
    return kind != "table" or name in tables


def rendered(kind: str, item: Any, drafting: AutogenContext) -> str | Literal[False]:
    """Return how a drafted revision writes the models' own types, with what it has to import.

    Revisions import no models, so a moment is written as the other revisions write it.
    """
    if kind == "type" and isinstance(item, UtcDateTime):
        drafting.imports.add("from migrations import schema")
        return "schema.moment_type()"
    if kind == "server_default" and isinstance(getattr(item, "arg", None), current_moment):
        drafting.imports.add("from migrations import schema")
        return "schema.now()"
    return False


def server_default_differs(
    _context: MigrationContext,
    _found: sa.Column[Any],
    expected: sa.Column[Any],
    found_default: str | None,
    _expected_default: Any,
    rendered_default: str | None,
) -> bool:
    """Tell whether a column has another default than its model says.

    Databases write the same default in ways of their own: ``true`` and ``1``, ``now()`` and
    ``current_timestamp(6)``, ``'string'`` and ``'string'::character varying``.
    """
    is_boolean = isinstance(expected.type, sa.Boolean)
    return _plain(found_default, is_boolean=is_boolean) != _plain(
        rendered_default, is_boolean=is_boolean
    )


def _plain(default: str | None, *, is_boolean: bool) -> str | None:
    if default is None:
        return None
    text = _CAST.sub("", default.strip())
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if _MOMENT.match(text.lower()):
        return "now"
    text = text.strip("'")
    return _BOOLEANS.get(text.lower(), text) if is_boolean else text


def foreign_collations(connection: sa.Connection, tables: set[str]) -> list[str]:
    """Return the tables and columns of MySQL that do not compare byte by byte.

    Alembic compares no collations, and with another one two names that differ can be the same.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return []
    rows = connection.execute(_COLLATIONS.bindparams(tables=sorted(tables)))
    return [name for (name,) in rows]


_COLLATIONS = sa.text(
    """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name IN :tables
      AND (table_collation <> 'utf8mb4_bin' OR engine <> 'InnoDB')
    UNION ALL
    SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name IN :tables
      AND collation_name <> 'utf8mb4_bin'
    ORDER BY 1
    """
).bindparams(sa.bindparam("tables", expanding=True))
