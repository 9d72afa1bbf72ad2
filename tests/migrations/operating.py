"""The operator of a database: runs commands on it, and looks at what they left."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

from app import create_app
from app.extensions import db
from tests.support import servers

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "migrate.py"
# Waits with everything imported, so that a test decides about the moment.
START = """
import sys
from flask.cli import ScriptInfo
from app import create_app
from app.cli.db import db

app = create_app()
print("ready", flush=True)
sys.stdin.readline()
db.main(sys.argv[1:], obj=ScriptInfo(create_app=lambda: app))
"""
# Ids are left out: an upgrade that was cut short on MariaDB has used some up.
ROWS = {
    "settings": "SELECT {key}, value, data_type, category, is_mutable, description"
    " FROM application_settings ORDER BY {key}",
    "roles": "SELECT name, description, is_system FROM roles ORDER BY name",
    "permissions": "SELECT code, resource, action, description FROM permissions ORDER BY code",
    "grants": "SELECT roles.name, permissions.code FROM role_permissions"
    " JOIN roles ON roles.id = role_id JOIN permissions ON permissions.id = permission_id"
    " ORDER BY name, code",
    "guard": "SELECT turn FROM console_access_guard",
    "versions": "SELECT version_num FROM alembic_version",
}
SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
    "postgresql": """
        SELECT table_name, column_name || ' ' || data_type || ' ' || is_nullable
               || coalesce(' ' || character_maximum_length, '')
               || coalesce(' ' || collation_name, '') || coalesce(' ' || column_default, '')
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
        ORDER BY 1, 2
        """,
}


@dataclass
class Operator:
    """Somebody with a database and the commands of the console."""

    environ: Mapping[str, str]

    @cached_property
    def app(self) -> Flask:
        """The console, built when the first command is run in this process."""
        return create_app(self.environ)

    @cached_property
    def engine(self) -> Engine:
        """An engine of the tests' own, without what the console does to its connections."""
        return create_engine(servers.driver_url(self.environ["DATABASE_URL"]), poolclass=NullPool)

    @property
    def database(self) -> str:
        """The database: "sqlite", "postgresql" or "mysql"."""
        return self.engine.dialect.name

    def run(self, *words: str) -> Result:
        """Run ``flask db ...`` in this process and return what came of it."""
        return self.app.test_cli_runner().invoke(args=["db", *words])

    def succeed(self, *words: str) -> str:
        """Run ``flask db ...``, which has to succeed, and return what it printed."""
        result = self.run(*words)
        if result.exit_code != 0:
            raise AssertionError(
                f"{words} failed: {result.output}{result.exception!r}"
            ) from result.exception
        return result.stdout

    def refused(self, *words: str) -> str:
        """Run ``flask db ...``, which has to be refused in one line, and return the line."""
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        *steps, line = result.stderr.splitlines()
        assert all(step.startswith("Running ") for step in steps), result.stderr
        return line.removeprefix("Error: ")

    def start(self, *command: str | Path, **options: Any) -> subprocess.Popen[str]:
        """Start a process of Python on the database."""
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            env=self._process_environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"cwd": ROOT, **options},
        )

    def execute(self, *statements: str) -> None:
        """Run statements as another program would."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row that the revisions insert."""
        return {name: self.ask(query) for name, query in ROWS.items()}

    def upgrade_twice_at_once(self) -> list[str]:
        """Run two upgrades at the same moment, which both succeed; return what they said."""
        processes = [self.start("-c", START, "upgrade") for _ in range(2)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            print("go", file=process.stdin, flush=True)
        said = [process.communicate(timeout=60)[1] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], said
        return said

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        key = self.engine.dialect.identifier_preparer.quote("key")
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query.format(key=key)))]

    def newest(self, table: str) -> datetime:
        """Return when the newest row of a table was made."""
        ((moment,),) = self.ask(f"SELECT max(created_at) FROM {table}")
        moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def tables(self) -> set[str]:
        """Return the names of all tables."""
        return set(inspect(self.engine).get_table_names())

    def schema(self) -> list[tuple[str, str]]:
        """Return the definition of every table and index, as the database itself writes it."""
        if self.database != "mysql":
            rows = self.ask(SCHEMA[self.database])
            return [(name, " ".join(definition.split())) for name, definition in rows]
        with self.engine.connect() as connection:
            return [self._definition(connection, table) for table in sorted(self.tables())]

    def close(self) -> None:
        """Give up every connection."""
        if "app" in self.__dict__:
            with self.app.app_context():
                db.engine.dispose()

    @property
    def _process_environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | dict(self.environ)

    def _definition(self, connection: Connection, table: str) -> tuple[str, str]:
        _, definition = connection.execute(text(f"SHOW CREATE TABLE {table}")).one()
        return table, re.sub(r" AUTO_INCREMENT=\d+", "", definition)


@dataclass
class Revisions:
    """A folder with revisions."""

    folder: Path

    @property
    def versions(self) -> Path:
        """The folder with the files themselves."""
        return self.folder / "versions"

    def write(self, identifier: str, upgrade: str, downgrade: str, *, after: str) -> None:
        """Write a revision as its author would have it after editing."""
        (self.versions / f"{identifier}.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\n"
            f"revision = {identifier!r}\ndown_revision = {after!r}\n\n\n"
            + _function("upgrade", upgrade)
            + _function("downgrade", downgrade),
            encoding="utf-8",
        )


def _function(name: str, body: str) -> str:
    return f"def {name}() -> None:\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n\n\n"
