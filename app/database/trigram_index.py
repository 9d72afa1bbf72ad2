"""The index of all parts of user names: built and dropped while the console serves.

It is optional, so no revision makes it; `app.models.user_trigrams` says what it is.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from app.config import Configuration
from app.database import locks
from app.database.connections import maintenance_engine
from app.models import user_trigrams
from app.models.user_trigrams import BUILDING, CREATE_TABLE, INDEX, KEPT, TABLE

AT_ONCE = 2_500
PAUSE = 0.05  # seconds, in which others write

# Nobody waits behind these statements, so they may wait for others as long as it takes.
_SQLITE = "PRAGMA busy_timeout = 60000"
_OLDEST_SQLITE = (3, 34, 0)
_NOT_ALLOWED = "42501"
# The second one up to PostgreSQL 14.
_NOT_INSTALLED = {"0A000", "58P01"}
_SCHEMA_OF_EXTENSION = (
    "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
    " WHERE e.extname = 'pg_trgm'"
)
_VALIDITY = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:index)"
_ENDS = "SELECT min(id), max(id) FROM users"
_LAST_OF_SOME = (
    "SELECT max(id) FROM (SELECT id FROM users WHERE id > :after ORDER BY id LIMIT :number)"
)
_COPY = (
    "INSERT OR REPLACE INTO console_user_substrings (rowid, username, email)"
    " SELECT id, username, email FROM users WHERE id > :after AND id <= :last"
)


class NoIndex(Exception):
    """The index cannot be built here, or not now; says why."""


class IndexState(StrEnum):
    """The state of the index."""

    KEPT = "kept"
    UNFINISHED = "unfinished"
    ABSENT = "absent"


def state(connection: Connection) -> IndexState:
    """Return the state of the index."""
    dialect = connection.dialect.name
    if connection.scalar(select(user_trigrams.is_kept(dialect))):
        return IndexState.KEPT
    is_begun = _IS_BEGUN.get(dialect)
    return IndexState.UNFINISHED if is_begun and is_begun(connection) else IndexState.ABSENT


def build(configuration: Configuration, *, on_start: Callable[[], None] = lambda: None) -> bool:
    """Build the index, unless it is there; complete it where it was begun.

    Args:
        configuration: Says where the database is.
        on_start: Called when it turns out that there is something to do, which takes a while.

    Returns:
        Whether there was anything to do.

    Raises:
        NoIndex: The database cannot have one, or another process kept it busy.
    """
    with _alone(configuration) as connection:
        if state(connection) is IndexState.KEPT:
            return False
        on_start()
        _BUILDERS[connection.dialect.name](connection)
    return True


def drop(configuration: Configuration) -> bool:
    """Drop the index, or what is there of it; see `build`."""
    with _alone(configuration) as connection:
        if state(connection) is IndexState.ABSENT:
            return False
        _DROPPERS[connection.dialect.name](connection)
    return True


@contextmanager
def _alone(configuration: Configuration) -> Iterator[Connection]:
    """A connection without limits, while nobody else upgrades the database or builds the index."""
    engine = maintenance_engine(configuration, lock_seconds=0)
    if engine.dialect.name not in _BUILDERS:
        raise NoIndex(
            "MariaDB and MySQL cannot find users by any part of their names: a FULLTEXT index holds"
            " whole words, and finds nothing but their beginnings."
        )
    # PostgreSQL builds an index concurrently outside transactions only.
    options = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(_SQLITE)
            connection.commit()
        try:
            with locks.exclusive(connection):
                yield connection
        except locks.NoLock as error:
            raise NoIndex(str(error)) from error


def _build_on_postgresql(connection: Connection) -> None:
    schema = _schema_of_extension(connection)
    _drop_on_postgresql(connection)
    names = ", ".join(f"{name} {schema}.gin_trgm_ops" for name in ("username", "email"))
    # Without fastupdate: what was added last is otherwise searched entry by entry.
    connection.exec_driver_sql(
        f"CREATE INDEX CONCURRENTLY {INDEX} ON users USING gin ({names}) WITH (fastupdate = off)"
    )


def _drop_on_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")


def _schema_of_extension(connection: Connection) -> str:
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == _NOT_ALLOWED:
            raise NoIndex(
                "The extension pg_trgm is not in this database, and this user may not create it."
                " Have its owner run: CREATE EXTENSION pg_trgm"
            ) from error
        if state in _NOT_INSTALLED:
            raise NoIndex(
                "The server does not have the extension pg_trgm, which comes with PostgreSQL's"
                " contrib modules. Install them on the server."
            ) from error
        raise
    schema: str = connection.scalar(text(_SCHEMA_OF_EXTENSION)) or ""
    return connection.dialect.identifier_preparer.quote(schema)


def _build_on_sqlite(connection: Connection) -> None:
    _demand_trigrams(connection)
    _drop_on_sqlite(connection)
    with _writing(connection):
        connection.exec_driver_sql(CREATE_TABLE)
        _create_triggers(connection, BUILDING)
        # Whoever is added from now on is copied by the triggers.
        lowest, highest = connection.execute(text(_ENDS)).one()
    # In short transactions: a single one would keep everybody else from writing all the time, and
    # from reading once it no longer fitted into memory.
    last = None if lowest is None else lowest - 1
    while last is not None and last < highest:
        last = _copy_some(connection, last)
        time.sleep(PAUSE)
    with _writing(connection):
        _drop_triggers(connection, BUILDING)
        _create_triggers(connection, KEPT)


def _drop_on_sqlite(connection: Connection) -> None:
    with _writing(connection):
        _drop_triggers(connection, KEPT)
        _drop_triggers(connection, BUILDING)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")


def _demand_trigrams(connection: Connection) -> None:
    version = connection.scalar(text("SELECT sqlite_version()")) or ""
    modules = connection.scalars(text("SELECT name FROM pragma_module_list")).all()
    connection.rollback()
    if tuple(map(int, version.split("."))) < _OLDEST_SQLITE or "fts5" not in modules:
        raise NoIndex(
            "The index needs SQLite 3.34 or later with FTS5, here and in every program that writes"
            f" users. This is SQLite {version}{'' if 'fts5' in modules else ' without FTS5'}."
        )


def _copy_some(connection: Connection, after: int) -> int | None:
    """Copy the next users' names; return the id of the last of them, if there are any."""
    with _writing(connection):
        some = {"after": after, "number": AT_ONCE}
        last: int | None = connection.scalar(text(_LAST_OF_SOME), some)
        connection.execute(text(_COPY), {"after": after, "last": last})
    return last


def _create_triggers(connection: Connection, prefix: str) -> None:
    for statement in user_trigrams.triggers(prefix).values():
        connection.exec_driver_sql(statement)


def _drop_triggers(connection: Connection, prefix: str) -> None:
    for name in user_trigrams.triggers(prefix):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def _writing(connection: Connection) -> Iterator[None]:
    connection.rollback()
    with connection.execution_options(write=True).begin():
        yield


def _is_begun_on_postgresql(connection: Connection) -> bool:
    return connection.scalar(text(_VALIDITY), {"index": INDEX}) is not None


def _is_begun_on_sqlite(connection: Connection) -> bool:
    names = [TABLE, *user_trigrams.triggers(BUILDING), *user_trigrams.triggers(KEPT)]
    found = connection.scalars(text("SELECT name FROM sqlite_master")).all()
    return not set(names).isdisjoint(found)


_IS_BEGUN: dict[str, Callable[[Connection], bool]] = {
    "postgresql": _is_begun_on_postgresql,
    "sqlite": _is_begun_on_sqlite,
}
_BUILDERS: dict[str, Callable[[Connection], None]] = {
    "postgresql": _build_on_postgresql,
    "sqlite": _build_on_sqlite,
}
_DROPPERS: dict[str, Callable[[Connection], None]] = {
    "postgresql": _drop_on_postgresql,
    "sqlite": _drop_on_sqlite,
}
