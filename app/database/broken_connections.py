"""Connections that broke: found by a ping when they were idle, and survived at ROLLBACK."""

import logging
import time

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.database import opening

PING_AFTER = 1  # second in the pool; a ping on every use would cost each page a round trip
_RETURNED = "returned_at"
log = logging.getLogger(__name__)


def prepare(engine: Engine) -> None:
    """Have idle connections pinged before their use, and broken ones dropped at ROLLBACK."""
    _ping_idle_connections(engine)
    _survive_rollback(engine)


def _ping_idle_connections(engine: Engine) -> None:
    """Ping a connection that was in the pool for longer than `PING_AFTER`."""

    def note_return(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RETURNED] = time.monotonic()

    def ping_if_idle(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object
    ) -> None:
        returned_at = entry.info.get(_RETURNED)
        if returned_at is None or time.monotonic() - returned_at < PING_AFTER:
            return
        try:
            with opening.answering_soon(connection, engine.dialect.name):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # The pool makes a new connection, and drops the others as well.
            raise InvalidatePoolError("The connection was lost while it was idle.") from error

    event.listen(engine, "checkin", note_return)
    event.listen(engine, "checkout", ping_if_idle)


def _survive_rollback(engine: Engine) -> None:
    """Let whoever rolls back go on when the connection breaks.

    No COMMIT was sent, so the server rolls back by itself. What was read before, and a page that
    was made of it, stay right; a session that is closed after a page sends ROLLBACK too.
    """
    roll_back = engine.dialect.do_rollback

    def roll_back_or_drop(connection: PoolProxiedConnection) -> None:
        try:
            roll_back(connection)
        except (engine.dialect.loaded_dbapi.Error, OSError) as error:
            log.warning("The connection to the database broke at ROLLBACK: %r.", error)
            connection.invalidate(error)

    engine.dialect.do_rollback = roll_back_or_drop  # type: ignore[assignment]
