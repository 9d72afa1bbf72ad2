"""Column types and DDL that the revisions share.

Models are not imported here or in a revision: they go on changing, a revision must not.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

MYSQL_NAMES = ("mysql", "mariadb")
ROW_FORMAT = "DYNAMIC"
MYSQL_TABLE = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    # A server's default may be COMPACT, whose indexes end at 767 bytes.
    "mysql_row_format": ROW_FORMAT,
}


@contextmanager
def mysql_tables() -> Iterator[None]:
    """Give the tables that revisions make on MySQL the options of the console's own.

    The models have them, and the server's defaults compare names without their case.
    """
    sa.event.listen(sa.Table, "before_create", _set_options)
    try:
        yield
    finally:
        sa.event.remove(sa.Table, "before_create", _set_options)


def natural_key(length: int) -> TypeEngine[str]:
    """Return a string type that compares byte by byte on every database."""
    return (
        sa.String(length)
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
        .with_variant(
            mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), *MYSQL_NAMES
        )
    )


def long_text() -> TypeEngine[str]:
    """Return a text type that holds more than the 65,535 bytes of MySQL's TEXT."""
    return sa.Text().with_variant(mysql.MEDIUMTEXT(), *MYSQL_NAMES)


def identity(column_type: TypeEngine[int] | None = None) -> sa.Column[int]:
    """Return the column ``id``."""
    return sa.Column("id", column_type or sa.Integer(), nullable=False)


def moment_type() -> TypeEngine[Any]:
    """Return the type of a moment in UTC, as `UtcDateTime` of the models has it."""
    return sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), *MYSQL_NAMES)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column for a moment in UTC, to the microsecond where the database can."""
    return sa.Column(name, moment_type(), nullable=nullable)


def now() -> sa.TextClause:
    """Return the server's clock, to the microsecond where the database can."""
    return sa.text("CURRENT_TIMESTAMP(6)" if _is_mysql() else "CURRENT_TIMESTAMP")


def created_and_updated() -> list[sa.Column[Any]]:
    """Return ``created_at`` and ``updated_at``, which the database fills in by itself."""
    return [
        sa.Column(name, moment_type(), nullable=False, server_default=now())
        for name in ("created_at", "updated_at")
    ]


def reference(table: str, owner: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """Return the foreign key of ``table`` whose column is named after the row it points at."""
    return sa.ForeignKeyConstraint(
        [f"{owner}_id"],
        [f"{owner}s.id"],
        name=f"fk_{table}_{owner}_id_{owner}s",
        ondelete=ondelete,
    )


def create_table(name: str, *items: sa.schema.SchemaItem) -> None:
    """Create a table.

    MySQL commits every CREATE TABLE by itself, so that an upgrade that was cut short leaves tables
    behind. Such a table, empty and with exactly these columns, is taken as made. Any other table
    of that name is somebody else's, on every database.

    Raises:
        CommandError: There is a table of that name that is not ours.
    """
    if not op.get_context().as_sql and sa.inspect(op.get_bind()).has_table(name):
        if not (_is_mysql() and _is_left_behind(name, items)):
            raise CommandError(
                f"There is already a table {name} that is not the console's. Nothing in it was"
                " changed. Rename it, or give the console a database of its own."
            )
        # It may be there because its format, the server's default, took no index.
        op.execute(f"ALTER TABLE {name} ROW_FORMAT = {ROW_FORMAT}")
        return
    op.create_table(name, *items, **MYSQL_TABLE)


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Create an index, unless an upgrade on MySQL that was cut short has done so."""
    if _is_mysql() and not op.get_context().as_sql:
        found = sa.inspect(op.get_bind()).get_indexes(table)
        if name in {index["name"] for index in found}:
            return
    op.create_index(name, table, list(columns), unique=unique)


def drop_index(name: str, table: str) -> None:
    """Drop an index, unless a downgrade on MySQL that was cut short has done so."""
    if _is_mysql() and not op.get_context().as_sql:
        found = sa.inspect(op.get_bind()).get_indexes(table)
        if name not in {index["name"] for index in found}:
            return
    op.drop_index(name, table)


def drop_table(name: str) -> None:
    """Drop a table with its indexes, unless a downgrade that was cut short has done so."""
    op.drop_table(name, if_exists=True)


def drop_copy_of_names() -> None:
    """Drop the table by which SQLite finds parts of names, if somebody had it built.

    It goes with the users: with their table only its triggers would.
    """
    if op.get_context().dialect.name == "sqlite":
        drop_table("console_user_substrings")


def _set_options(table: sa.Table, connection: sa.Connection, **_: Any) -> None:
    if connection.dialect.name in MYSQL_NAMES:
        for name, value in MYSQL_TABLE.items():
            table.kwargs.setdefault(name, value)


def _is_mysql() -> bool:
    return op.get_context().dialect.name in MYSQL_NAMES


def _is_left_behind(name: str, items: Sequence[sa.schema.SchemaItem]) -> bool:
    connection = op.get_bind()
    expected = {item.name: item for item in items if isinstance(item, sa.Column)}
    found = {
        column["name"]: sa.Column(column["name"], column["type"], nullable=column["nullable"])
        for column in sa.inspect(connection).get_columns(name)
    }
    if found.keys() != expected.keys():
        return False
    if any(_differs(found[key], expected[key]) for key in expected):
        return False
    return connection.execute(sa.select(sa.text("1")).select_from(sa.table(name))).first() is None


def _differs(found: sa.Column[Any], expected: sa.Column[Any]) -> bool:
    if found.nullable != expected.nullable:
        return True
    return bool(op.get_context().impl.compare_type(found, expected))
