"""``--sql``: the script that is written without a database does what the upgrade does."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import URL

from tests.migrations.operating import Operator

NOWHERE = {"postgresql": "postgresql://127.0.0.1:1/test", "mysql": "mysql://127.0.0.1:1/test"}


@pytest.fixture
def writer(operator, tmp_path):
    """Somebody who has no connection to the database."""
    nowhere = f"sqlite:///{tmp_path}/nowhere.db"
    yield Operator({"DATABASE_URL": NOWHERE.get(operator.database, nowhere)})
    assert list(tmp_path.iterdir()) == []


def test_the_script_gives_what_the_upgrade_gives(operator, writer):
    operator.succeed("upgrade")
    rows, schema = operator.rows(), operator.schema()
    operator.succeed("downgrade", "base")
    operator.execute("DROP TABLE alembic_version")

    _load(operator, writer.succeed("upgrade", "--sql"))

    assert operator.rows() == rows
    assert operator.schema() == schema
    assert abs(datetime.now(UTC) - operator.newest("roles")) < timedelta(minutes=5)
    operator.succeed("check")


def test_the_script_from_one_revision_to_another_and_back(operator, writer):
    operator.succeed("upgrade", "002")
    _load(operator, writer.succeed("upgrade", "002:head", "--sql"))
    operator.succeed("check")

    lost = ("events", "grants", "chain", "rules", "second-factors", "api-tokens", "webhooks")
    told = [word for rows in lost for word in ("-x", f"delete-{rows}=yes")]
    _load(operator, writer.succeed("downgrade", *told, "020_console_audit_ids:002", "--sql"))
    assert operator.succeed("current") == "002\n"
    assert operator.ask("SELECT count(*) FROM permissions") == [(10,)]


def test_a_script_that_deletes_the_users_is_written_on_request_only(operator, writer):
    said = writer.refused("downgrade", "002:base", "--sql")
    assert said.startswith("Going back to before revision 002 deletes all users, and a script")

    operator.succeed("upgrade", "002")
    told = ("-x", "delete-users=yes", "-x", "delete-settings=yes")
    _load(operator, writer.succeed("downgrade", *told, "002:base", "--sql"))
    assert operator.tables() == {"alembic_version"}


def _load(operator, script):
    url = operator.engine.url
    if operator.database == "sqlite":
        with closing(sqlite3.connect(url.database)) as connection:
            connection.executescript(script)
        return
    command, environ = {"postgresql": _psql, "mysql": _mariadb}[operator.database](url)
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, input=script, env=os.environ | environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _psql(url: URL):
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", _plain(url)]
    return command, {"PGPASSWORD": url.password or ""}


def _mariadb(url: URL):
    command = ["mariadb", f"--host={url.host}", f"--port={url.port or 3306}", url.database]
    return [*command, f"--user={url.username}"], {"MYSQL_PWD": url.password or ""}


def _plain(url: URL):
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)
