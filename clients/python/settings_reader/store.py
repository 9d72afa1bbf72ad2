"""The tables: one statement that reads all settings, on SQLite only if anything has changed."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Connection, Engine, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from settings_reader.snapshot import Row, Rows

_SETTINGS = table("application_settings", column("key"), column("value"), column("data_type"))
_READ = select(_SETTINGS.c.key, _SETTINGS.c.value, _SETTINGS.c.data_type)

FileIdentity = tuple[int, int]


class DatabaseFileGone(SQLAlchemyError):
    """The file of the database is not there, or was replaced while it was opened."""


class Store:
    """The database that holds the settings, on one connection that is kept open."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._version: int | None = None
        # Of SQLite: a connection goes on reading a file that was deleted or replaced.
        self._file: Path | None = None
        self._opened: FileIdentity | None = None

    def read(self) -> Rows | None:
        """Return all settings as one statement finds them; None if nothing can have changed.

        Raises:
            SQLAlchemyError: The database does not answer, or its file is gone; the next read
                connects again.
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
        if self._connection is not None and self._file and self._opened != _identity(self._file):
            self.close()
            # Reports are written by other connections of the same pool.
            self._engine.dispose()
        if self._connection is None:
            self._connection = self._connected()
        # Asked before the rows: what changes in between is found by the next read.
        version = self._data_version(self._connection)
        if version is not None and version == self._version:
            return None
        found = self._connection.execute(_READ)
        rows = {_text(key): Row(_text(value), _text(kind)) for key, value, kind in found if key}
        self._version = version
        return rows

    def _connected(self) -> Connection:
        if self._engine.dialect.name == "sqlite" and self._file is None:
            self._file = self._found_file()
        self._opened = _identity(self._file) if self._file else None
        if self._file and self._opened is None:
            # Not left to SQLite, which would make an empty file for an engine of the program's own.
            raise DatabaseFileGone
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._file and self._opened != _identity(self._file):
            connection.invalidate()
            connection.close()
            raise DatabaseFileGone
        return connection

    def _found_file(self) -> Path | None:
        """Return the file of SQLite, as its address names it where that can be read; or None."""
        with self._engine.connect() as connection:
            opened = connection.exec_driver_sql("PRAGMA database_list").fetchall()[0][2]
            if not opened:
                return None
            # The next connection is opened after the file was looked at, not before.
            connection.invalidate()
        path = Path(os.fsdecode(opened))
        address = str(self._engine.url.database or "").removeprefix("file:").partition("?")[0]
        # By the address a link is followed again each time; SQLite names what it led to.
        named = Path(unquote(address)).absolute()
        return named if _identity(named) == _identity(path) else path

    def _data_version(self, connection: Connection) -> int | None:
        """Return the number that SQLite changes when another connection has changed the file."""
        if connection.dialect.name != "sqlite":
            return None
        version: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return version


def _identity(file: Path) -> FileIdentity | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _text(value: Any) -> Any:
    # SQLite keeps bytes in a column of text, too.
    return value.decode(errors="replace") if isinstance(value, bytes) else value
