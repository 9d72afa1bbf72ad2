"""Opening connections that wait for an answer no longer than they should."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection

PING_SECONDS = 3.0
# What holds the seconds that a connection waits; PyMySQL takes no other ones later on.
_LIMIT = {"postgresql": "limit", "mysql": "_read_timeout"}
# Beyond the limit of a statement, for PostgreSQL to end it by itself.
GRACE = 1.0


def opened(dialect: Dialect, arguments: list[Any], options: dict[str, Any]) -> DBAPIConnection:
    """Return a new connection of the driver.

    Args:
        dialect: The dialect of the engine.
        arguments: The driver's arguments by position.
        options: Those by name; ``read_timeout`` is the limit of a statement on PostgreSQL as well.
    """
    connection: DBAPIConnection = _OPEN[dialect.name](dialect, arguments, options)
    return connection


@contextmanager
def answering_soon(connection: DBAPIConnection, dialect: str) -> Iterator[None]:
    """Let a connection wait for its next answer for a short time only."""
    limit = _LIMIT[dialect]
    usual = getattr(connection, limit)
    setattr(connection, limit, PING_SECONDS)
    try:
        yield
    finally:
        setattr(connection, limit, usual)


def _open_sqlite(dialect: Dialect, arguments: list[Any], options: dict[str, Any]) -> Any:
    return dialect.connect(*arguments, **options)


def _open_postgresql(_dialect: Dialect, arguments: list[Any], options: dict[str, Any]) -> Any:
    # Imported here, since it imports the driver.
    module = import_module("app.database.postgresql")
    known = dict(options)
    limit = known.pop("read_timeout")
    connection = module.LimitedConnection.connect(*arguments, **known)
    connection.limit = limit and limit + GRACE
    connection.confirm_commits()
    return connection


def _open_mysql(dialect: Dialect, arguments: list[Any], options: dict[str, Any]) -> Any:
    # PyMySQL limits only the time until the socket is connected, and the kernel of a server that
    # was stopped connects it.
    briefly = options | {"read_timeout": options["connect_timeout"]}
    connection: Any = dialect.connect(*arguments, **briefly)
    setattr(connection, _LIMIT[dialect.name], options["read_timeout"])
    return connection


_OPEN = {"sqlite": _open_sqlite, "postgresql": _open_postgresql, "mysql": _open_mysql}
