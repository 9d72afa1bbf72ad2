"""The tables: one statement that reads all settings, on SQLite only if anything has changed."""

from typing import Any

from sqlalchemy import Connection, Engine, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from settings_reader.snapshot import Row, Rows

_SETTINGS = table("application_settings", column("key"), column("value"), column("data_type"))
_READ = select(_SETTINGS.c.key, _SETTINGS.c.value, _SETTINGS.c.data_type)


class Store:
    """The database that holds the settings, on one connection that is kept open."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._version: int | None = None

    def read(self) -> Rows | None:
        """Return all settings as one statement finds them; None if nothing can have changed.

        Raises:
            SQLAlchemyError: The database does not answer; the next read connects again.
        """
        try:
            return self._read()
        except SQLAlchemyError:
            self.close()
            raise

    def close(self) -> None:
        """Give up the connection."""
        connection, self._connection, self._version = self._connection, None, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def forget(self) -> None:
        """Leave the connection to the process that this one was forked from."""
        self._connection, self._version = None, None
        self._engine.dispose(close=False)

    def _read(self) -> Rows | None:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        # Asked before the rows: what changes in between is found by the next read.
        version = self._data_version(self._connection)
        if version is not None and version == self._version:
            return None
        found = self._connection.execute(_READ)
        rows = {_text(key): Row(_text(value), _text(kind)) for key, value, kind in found if key}
        self._version = version
        return rows

    def _data_version(self, connection: Connection) -> int | None:
        """Return the number that SQLite changes when another connection has changed the file."""
        if connection.dialect.name != "sqlite":
            return None
        version: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return version


def _text(value: Any) -> Any:
    # SQLite keeps bytes in a column of text, too.
    return value.decode(errors="replace") if isinstance(value, bytes) else value
