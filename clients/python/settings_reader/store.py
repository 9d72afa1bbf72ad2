"""The tables: one statement that reads all settings, on SQLite only if anything has changed."""

from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    column,
    create_engine,
    event,
    make_url,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from settings_reader.snapshot import Row, Rows

TIMEOUT_SECONDS = 3
_SETTINGS = table("application_settings", column("key"), column("value"), column("data_type"))
_READ = select(_SETTINGS.c.key, _SETTINGS.c.value, _SETTINGS.c.data_type)
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}


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


def engine_for(address: str | URL | Engine) -> Engine:
    """Return an engine for an address, with time limits; an engine stays as it is."""
    if isinstance(address, Engine):
        return address
    url = make_url(address)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    provider, seconds = url.get_backend_name(), TIMEOUT_SECONDS
    if provider == "sqlite":
        engine = create_engine(_of_existing_file(url), connect_args={"timeout": seconds})
        event.listen(engine, "connect", _read_any_text)
        return engine
    arguments: dict[str, object] = {"connect_timeout": seconds}
    if provider == "postgresql":
        arguments["options"] = f"-c statement_timeout={seconds}s -c lock_timeout=1s"
    else:
        arguments |= {"read_timeout": seconds, "write_timeout": seconds, "charset": "utf8mb4"}
    return create_engine(url, pool_size=2, pool_recycle=1800, connect_args=arguments)


def _read_any_text(connection: Any, _record: Any) -> None:
    # One text that is not UTF-8 would keep all settings from being read.
    connection.text_factory = bytes


def _of_existing_file(url: URL) -> URL:
    # A mistyped path makes no empty database.
    if not url.database or url.database == ":memory:" or url.query:
        return url
    return url.set(database=f"file:{quote(url.database)}", query={"mode": "rw", "uri": "true"})
