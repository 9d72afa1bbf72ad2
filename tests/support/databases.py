"""The databases of one worker: made, migrated, put back as they were, and dropped."""

import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, NullPool, Table, create_engine, event

from app import create_app
from app.extensions import db
from tests.support import servers

RUN = uuid.uuid4().hex[:8]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SECRET_KEY = "a key for tests that protects nothing at all"
# All tests together send more requests to the API than a program may.
# A statement on a slow machine that runs other tests besides may take more than ten seconds.
BOUNDLESS = {
    "API_PER_TOKEN": "1000000",
    "API_REFUSED_PER_NETWORK": "1000000",
    "DB_STATEMENT_TIMEOUT": "60",
}
# While it says so, in the same transaction, events may be deleted.
HEAD = "console_audit_head"
Rows = list[tuple[Any, ...]]


@dataclass
class Database:
    """A database for tests.

    Attributes:
        name: "sqlite", "postgresql" or "mysql".
        url: Its address, as DATABASE_URL takes it.
        path: The file of a SQLite database.
    """

    name: str
    url: str
    path: Path | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a console on this database, in development."""
        console = {"CONSOLE_ENV": "development", "SECRET_KEY": SECRET_KEY}
        return console | BOUNDLESS | {"DATABASE_URL": self.url}

    def engine(self) -> Engine:
        """Return an engine of the tests' own, without what the console does to its connections."""
        return create_engine(servers.driver_url(self.url), poolclass=NullPool)


@dataclass
class Databases:
    """Makes databases on the servers that there are, and remembers them to drop them."""

    running: Mapping[str, servers.Server]
    folder: Path = field(default_factory=lambda: servers.ram_directory("console-test-files-"))
    made: list[Database] = field(default_factory=list)

    def make(self, name: str) -> Database:
        """Make an empty database."""
        database = self._new(name)
        self.made.append(database)
        return database

    def make_or_skip(self, name: str) -> Database:
        """Make an empty database, or skip the test that asks for it."""
        if name not in self.running:
            pytest.skip(f"{name} is not available")
        return self.make(name)

    def drop(self, database: Database) -> None:
        """Drop a database, whoever is still connected to it."""
        self.made.remove(database)
        if database.path is not None:
            database.path.unlink(missing_ok=True)
            return
        force = " WITH (FORCE)" if database.name == "postgresql" else ""
        unwanted = servers.driver_url(database.url).database
        servers.administrate(
            self.running[database.name], f"DROP DATABASE IF EXISTS {unwanted}{force}"
        )

    def drop_all(self) -> None:
        """Drop whatever is left."""
        for database in list(self.made):
            self.drop(database)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _new(self, name: str) -> Database:
        label = f"{RUN}_{WORKER}_{len(self.made)}_{uuid.uuid4().hex[:4]}"
        if name == "sqlite":
            path = self.folder / f"test_{label}.db"
            return Database(name, f"sqlite:///{path}", path)
        server = self.running[name]
        url = servers.driver_url(server.url)
        url = url.set(drivername=name, database=f"{url.database}_{label}")
        if name == "mysql":
            # PyMySQL would read all certificates of the system for each connection.
            url = url.update_query_dict({"sslmode": "disable"})
        servers.administrate(server, f"CREATE DATABASE {url.database}")
        return Database(name, url.render_as_string(hide_password=False))


@dataclass
class Migrated:
    """A database at the newest revision, and the console on it."""

    database: Database
    app: Flask
    seed: "Seed"

    def close(self) -> None:
        """Give up every connection."""
        self.seed.close()
        close(self.app)


def close(app: Flask) -> None:
    """Give up the connections of a console."""
    with app.app_context():
        db.engine.dispose()


def migrated(database: Database) -> Migrated:
    """Bring an empty database to the newest revision, by the command that operators use."""
    app = create_app(database.environ)
    app.config["TESTING"] = True
    done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    if done.exit_code != 0:
        raise RuntimeError(f"flask db upgrade failed on {database.name}:\n{done.output}") from (
            done.exception
        )
    return Migrated(database, app, Seed(database))


class Seed:
    """The rows that the revisions insert; puts them back after a test, and only what changed."""

    def __init__(self, database: Database) -> None:
        """Remember every row of every table."""
        self._engine = database.engine()
        self._mark = "?" if database.name == "sqlite" else "%s"
        self._connection = self._engine.connect()
        event.listen(self._engine, "begin", _wait_for_seconds_only)
        metadata = MetaData()
        with self._connection.begin():
            metadata.reflect(self._connection)
            self._tables = metadata.sorted_tables
            self._rows = {table.name: self._read(table) for table in self._tables}
        self._empty = [table.name for table in self._tables if not self._rows[table.name]]

    def put_back(self) -> None:
        """Make every table hold what it held after the migration."""
        with self._connection.begin():
            changed = self._changed()
            if "console_audit_events" in changed:
                changed.add(HEAD)
            if HEAD in changed:
                self._connection.exec_driver_sql(f"UPDATE {HEAD} SET allows_changes = TRUE")
            for table in self._deleted_in_order():
                if table.name in changed:
                    self._connection.exec_driver_sql(f"DELETE FROM {table.name}")
            for table in self._tables:
                if table.name in changed:
                    self._insert(table)

    def close(self) -> None:
        """Give up the connection."""
        self._connection.close()
        self._engine.dispose()

    def _read(self, table: Table) -> Rows:
        columns = ", ".join(self._quoted(column.name) for column in table.columns)
        order = ", ".join(self._quoted(column.name) for column in table.primary_key)
        query = f"SELECT {columns} FROM {table.name}" + (f" ORDER BY {order}" if order else "")
        return [tuple(row) for row in self._connection.exec_driver_sql(query)]

    def _changed(self) -> set[str]:
        # Whatever hangs on a changed table is written again too: deletions cascade.
        changed = self._filled()
        for table in self._tables:
            parents = {key.column.table.name for key in table.foreign_keys} - {table.name}
            if parents & changed or self._differs(table):
                changed.add(table.name)
        return changed

    def _differs(self, table: Table) -> bool:
        rows = self._rows[table.name]
        return bool(rows) and self._read(table) != rows

    def _filled(self) -> set[str]:
        # Most tables are empty after the migration: one question for all of them.
        exist = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in self._empty)
        answers = self._connection.exec_driver_sql(f"SELECT {exist}").one()
        return {name for name, is_filled in zip(self._empty, answers, strict=True) if is_filled}

    def _deleted_in_order(self) -> list[Table]:
        children_first = list(reversed(self._tables))
        children_first.sort(key=lambda table: table.name == HEAD)
        return children_first

    def _insert(self, table: Table) -> None:
        rows = self._rows[table.name]
        if not rows:
            return
        columns = ", ".join(self._quoted(column.name) for column in table.columns)
        marks = ", ".join(self._mark for _ in table.columns)
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"
        self._connection.exec_driver_sql(statement, rows)

    def _quoted(self, name: str) -> str:
        return self._engine.dialect.identifier_preparer.quote(name)


def _wait_for_seconds_only(connection: Connection) -> None:
    # What a test left open must fail the test that left it. SQLite waits five seconds by default.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    if connection.dialect.name == "mysql":
        connection.exec_driver_sql("SET innodb_lock_wait_timeout = 5")
