"""Connections: how they are opened, their session settings, and how transactions begin."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DataError
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Configuration
from app.config.postgresql_session import LOCK_SECONDS, for_a_transaction
from app.config.sqlite_file import MEMORY
from app.database import broken_connections, opening, waiting

_SQLITE = (
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}",
    "PRAGMA synchronous = FULL",
)
# TRADITIONAL: a value that does not fit is an error. GROUP_CONCAT is cut at 1,024 bytes otherwise.
# From 11.6, MariaDB fails where a row that is locked was changed since the transaction first read:
# two saves of different settings, which both write the head of the audit.
_MYSQL = (
    "SET time_zone = '+00:00', sql_mode = 'TRADITIONAL', group_concat_max_len = 16777216"
    " /*M!110600 , innodb_snapshot_isolation = OFF */"
)
_UNLIMITED = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
_SESSION = {
    "postgresql": "SET lock_timeout = '{0}s'; SET statement_timeout = 0;"
    " SET idle_in_transaction_session_timeout = 0",
    "mysql": "SET SESSION lock_wait_timeout = {0}, SESSION innodb_lock_wait_timeout = {0}",
}
_OF_PYTHON = (ValueError, LookupError, TypeError, AssertionError, OverflowError, struct.error)


class MissingFile(sqlite3.OperationalError):
    """The SQLite file does not exist; only an upgrade creates it."""


def prepare(engine: Engine, settings: str | None = None) -> None:
    """Have every connection of the engine set up, and transactions begun, as the console needs it.

    On SQLite a transaction begins with BEGIN, or with BEGIN IMMEDIATE where the connection has the
    execution option ``write``: a transaction that reads first and writes later fails at once when
    somebody else wrote in between, and no timeout helps it.

    Args:
        engine: An engine that has not connected yet.
        settings: What every transaction begins with; None where the session has it.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "checkout", _take_over_transactions)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name in {"mysql", "mariadb"}:
        # Before SQLAlchemy's own look at sql_mode, which decides how it quotes.
        event.listen(engine, "connect", _set_up_mysql, insert=True)
    else:
        event.listen(engine, "connect", _demand_utf8, insert=True)
    if settings:
        _begin_with(engine, settings)
    if engine.dialect.name != "sqlite":
        broken_connections.prepare(engine)
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "handle_error", _as_error_of_the_database)
    waiting.prepare(engine)


def settings(configuration: Configuration, **others: str) -> str | None:
    """Return what transactions begin with behind a pooler, which keeps no session's settings."""
    if not configuration.is_pooled:
        return None
    return for_a_transaction(configuration.statement_seconds, **others)


def maintenance_engine(configuration: Configuration, lock_seconds: int) -> Engine:
    """Return an engine without limits on the time of a statement.

    A page may give up on a statement; making an index of a large table may not. What is set for a
    session, and a lock that it took, ends with the connection, which no pool keeps.

    Args:
        configuration: Says where the database is.
        lock_seconds: How long a statement waits for somebody else's lock; 0 for good.
    """
    url = configuration.database_url
    arguments = dict(configuration.engine_options["connect_args"])
    if url.get_backend_name() != "sqlite":
        arguments |= {"read_timeout": None}
    if url.get_backend_name() == "mysql":
        arguments |= {"write_timeout": None}
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
    prepare(engine, settings(configuration, **_UNLIMITED, lock_timeout=f"{lock_seconds}s"))
    if not configuration.is_pooled and (statement := _SESSION.get(url.get_backend_name())):
        _set_up(engine, statement.format(lock_seconds))
    return engine.execution_options(is_pooled=configuration.is_pooled)


@contextmanager
def without_waiting(connection: Connection) -> Iterator[None]:
    """A connection to SQLite that does not wait for whoever else writes."""
    _set_busy_timeout(connection, 0)
    try:
        yield
    finally:
        connection.rollback()
        _set_busy_timeout(connection, LOCK_SECONDS * 1000)


def _set_busy_timeout(connection: Connection, milliseconds: int) -> None:
    connection.execution_options(write=False)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
    connection.rollback()


def create_file(configuration: Configuration) -> bool:
    """Create the file of a SQLite database; tell whether it was missing."""
    url = configuration.database_url
    if url.get_backend_name() != "sqlite" or not is_missing(str(url.database)):
        return False
    Path(str(url.database)).touch()
    return True


def is_missing(file: str) -> bool:
    """Tell whether a SQLite file could be there and is not."""
    return file != MEMORY and Path(file).parent.is_dir() and not Path(file).exists()


def _connect(
    dialect: Dialect, _entry: object, arguments: list[Any], options: dict[str, Any]
) -> DBAPIConnection:
    # SQLite would create the file, and a mistyped path would look like a new database.
    if dialect.name == "sqlite" and is_missing(arguments[0]):
        raise MissingFile(f"there is no file {arguments[0]}")
    try:
        return opening.opened(dialect, arguments, options)
    except _OF_PYTHON as error:
        # What a driver makes of a host that is no host, or of a server that is no database.
        raise dialect.loaded_dbapi.OperationalError(f"{type(error).__name__}: {error}") from error


def _as_error_of_the_database(context: ExceptionContext) -> DataError | None:
    """Return an error of the database for what a driver could not encode, decode or convert."""
    error = context.original_exception
    if context.sqlalchemy_exception is not None or not isinstance(
        error, ValueError | OverflowError
    ):
        return None
    return DataError(context.statement, None, error)


def _demand_utf8(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Refuse a PostgreSQL database that cannot store every character."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in {"UTF8", None}:
        connection.close()
        raise connection.OperationalError(f"the encoding of the database is {encoding}")


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in _SQLITE:
        connection.execute(pragma).close()


def _take_over_transactions(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: object
) -> None:
    # After AUTOCOMMIT, SQLAlchemy leaves the driver to begin transactions by itself.
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        if options.get(waiting.OPTION):
            options[waiting.OPTION].limit(connection)
        if options.get("write"):
            waiting.begin_immediate(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_with(engine: Engine, settings: str) -> None:
    """Have every transaction begin with a statement."""

    def run(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(settings)

    event.listen(engine, "begin", run)


def _set_up(engine: Engine, statement: str) -> None:
    """Have every connection begin with a statement."""

    def run(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", run)


def _set_up_mysql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(_MYSQL)
    cursor.close()
