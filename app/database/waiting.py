"""Waiting for locks: limited for a unit of work as a whole, not for each of its statements."""

import random
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.config.postgresql_session import LOCK_SECONDS
from app.database.error_codes import LOCKED, TOO_SLOW, codes_of

OPTION = "waiting"
# A limit that is right to within this many seconds is left as it is: nobody waits in a quick save,
# which needs no statement for its limit.
TOLERANCE = 0.5
PAUSE = 0.005  # seconds, before SQLite is asked again
_LIMIT = {
    "sqlite": "PRAGMA busy_timeout = {milliseconds}",
    "postgresql": "SET LOCAL lock_timeout = {milliseconds}",
    "mysql": "SET innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}",
}
_SHORTENED = "waits_less"


class Waiting:
    """The time that is left to a transaction for locks; its execution option ``waiting``."""

    def __init__(self, deadline: float) -> None:
        """Let a transaction wait until a moment of `time.monotonic`."""
        self._deadline = deadline
        self._limit: float = LOCK_SECONDS

    def watch(self, connection: Connection) -> None:
        """Limit every statement of the connection from now on."""

        def limit(connection: Connection, *_: object) -> None:
            self.limit(connection)

        # Not to events of the engine: they would cost each page that only reads.
        event.listen(connection, "before_cursor_execute", limit)
        if connection.dialect.name == "sqlite":
            # COMMIT waits until nobody reads.
            event.listen(connection, "commit", limit)
            # BEGIN IMMEDIATE reads its limit before it is executed.
            self.limit(connection)

    def limit(self, connection: Connection) -> None:
        """Have the next statement of the connection wait no longer than the time that is left."""
        if connection.dialect.name == "postgresql":
            driver: Any = connection.connection.driver_connection
            driver.deadline = self._deadline
        left = max(self._deadline - time.monotonic(), 0.0)
        if abs(self._limit - left) < TOLERANCE:
            return
        self._limit = left
        connection.info[_SHORTENED] = True
        _set_limit(connection.connection, connection.dialect.name, left)


def prepare(engine: Engine) -> None:
    """Let no connection of the engine keep the limit of a transaction that has ended."""

    def forget(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        if engine.dialect.name == "postgresql":
            connection.deadline = None  # The limit has ended with its transaction.
        elif entry.info.pop(_SHORTENED, None):
            _set_limit(connection, engine.dialect.name, LOCK_SECONDS)

    event.listen(engine, "checkout", forget)


def begin_immediate(connection: Connection) -> None:
    """Begin a transaction that writes to a SQLite file, once nobody else writes to it.

    By itself, SQLite asks again every tenth of a second whoever has waited for long, and others
    more often: where many write all the time, somebody waits for good. Here all ask equally often.
    """
    driver: Any = connection.connection.driver_connection
    [milliseconds] = driver.execute("PRAGMA busy_timeout").fetchone()
    deadline = time.monotonic() + milliseconds / 1000
    driver.execute("PRAGMA busy_timeout = 0").close()
    try:
        while not _has_begun(connection, is_last=time.monotonic() >= deadline):
            wait_about(PAUSE)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}").close()


def wait_about(seconds: float) -> None:
    """Wait for about so long, so that those who wait do not all come back at once."""
    time.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret


def _has_begun(connection: Connection, *, is_last: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if is_last or not has_waited(error):
            raise
        return False
    return True


def has_waited(error: DBAPIError) -> bool:
    """Tell whether the database gave up because something took too long."""
    return not codes_of(error.orig).isdisjoint(LOCKED | TOO_SLOW)


def _set_limit(
    connection: DBAPIConnection | PoolProxiedConnection, dialect: str, seconds: float
) -> None:
    # Zero would be no limit on PostgreSQL; MySQL knows whole seconds only.
    values = {"milliseconds": max(round(seconds * 1000), 1), "seconds": max(round(seconds), 1)}
    cursor = connection.cursor()
    cursor.execute(_LIMIT[dialect].format(**values))
    cursor.close()
