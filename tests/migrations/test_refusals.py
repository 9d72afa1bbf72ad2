"""What the commands refuse, each in one sentence, leaving the database as it is."""

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import text

from app import create_app
from app.cli.db import db
from app.database import locks
from tests.migrations.operating import Operator

NORA = "INSERT INTO users (username, email, password_hash) VALUES ('nora', 'n@example.com', '!')"


def test_a_database_at_an_unknown_revision_is_left_as_it_is(operator):
    operator.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('003')",
    )

    for words in ("upgrade", "downgrade -1", "current", "check", "stamp head"):
        assert operator.refused(*words.split()) == (
            "The database is at revision 003, which this version of the console does not know."
            " It is left as it is."
        )
    assert operator.tables() == {"alembic_version"}
    assert operator.ask("SELECT version_num FROM alembic_version") == [("003",)]


def test_looking_at_an_empty_database_makes_no_table(operator):
    assert operator.succeed("current").endswith(
        ": The database has no tables of the console yet. Run: flask db upgrade\n"
    )
    assert operator.refused("check") == (
        "The database has no tables of the console yet. Run: flask db upgrade"
    )

    assert operator.tables() == set()


def test_check_says_what_to_run_on_a_database_that_is_behind(operator):
    operator.succeed("upgrade", "002")

    assert operator.refused("check") == (
        "The database is at revision 002, and the console needs 020_console_audit_ids."
        " Run: flask db upgrade"
    )


def test_going_back_past_the_users_is_refused_before_anything_is_done(operator):
    operator.succeed("upgrade")
    operator.execute(NORA)
    before = operator.schema()

    for target in ("base", "001", "-18"):
        said = operator.refused("downgrade", target)
        assert said == (
            "Going back to before revision 002 deletes all users, and there is 1."
            " Make a backup, then say so: -x delete-users=yes"
        )
        assert operator.schema() == before

    operator.succeed("downgrade", "002")
    operator.succeed("downgrade", "-x", "delete-users=yes", "base")
    assert operator.tables() == {"alembic_version"}


SETTINGS = (
    "Going back to before revision 001 deletes all settings, also edited ones, and there is 1."
    " Make a backup, then say so: -x delete-settings=yes"
)
GRANTS = (
    "Going back to before revision 003_console_permissions deletes grants of the console's"
    " permissions, and there is 1. Make a backup, then say so: -x delete-grants=yes"
)
EVENTS = (
    "Going back to before revision 004_console_audit_events deletes all recorded changes, and there"
    " is 1. Make a backup, then say so: -x delete-events=yes"
)
RULES = (
    "Going back to before revision 012_console_setting_rules deletes all rules of settings, also"
    " edited ones, and there is 1. Make a backup, then say so: -x delete-rules=yes"
)
LOST = {
    "an edited setting": (
        "UPDATE application_settings SET value = '900' WHERE key = 'chunk_size'",
        *("base", SETTINGS),
    ),
    "a new setting": (
        "INSERT INTO application_settings (key, data_type) VALUES ('mine', 'integer')",
        *("base", SETTINGS),
    ),
    "a setting without its value": (
        "UPDATE application_settings SET value = NULL WHERE key = 'chunk_size'",
        *("base", SETTINGS),
    ),
    "an edited rule": (
        "UPDATE console_setting_rules SET unit = NULL WHERE key = 'chunk_size'",
        *("011_console_audit_chain", RULES),
    ),
    "a grant": (
        (
            "INSERT INTO role_permissions (role_id, permission_id) SELECT roles.id, permissions.id"
            " FROM roles, permissions WHERE name = 'viewer' AND code = 'audit:read'"
        ),
        *("002", GRANTS),
    ),
    "an event": (
        (
            "INSERT INTO console_audit_events"
            " (at, actor_kind, actor_name, action, target_type, target_name, reason)"
            " VALUES ('2026-11-28 10:00:00', 'command', 'os:root', 'role:created', 'role', 'x', '')"
        ),
        *("003_console_permissions", EVENTS),
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_going_back_loses_nothing_without_being_told_to(operator, what):
    statement, target, sentence = LOST[what]
    operator.succeed("upgrade")
    if operator.database == "mysql":
        statement = statement.replace(" key ", " `key` ").replace("(key,", "(`key`,")
    operator.execute(statement)
    before = operator.schema()

    assert operator.refused("downgrade", target) == sentence
    assert operator.schema() == before

    operator.succeed("downgrade", "-x", sentence.rpartition("-x ")[2], target)


def test_a_table_of_somebody_else_is_neither_changed_nor_taken_over(operator):
    for table in ("application_settings", "roles", "console_links"):
        operator.execute(f"CREATE TABLE {table} (number INTEGER)")
        assert operator.refused("upgrade") == (
            f"There is already a table {table} that is not the console's. Nothing in it was"
            " changed. Rename it, or give the console a database of its own."
        )
        operator.execute(f"DROP TABLE {table}")

    operator.succeed("upgrade")
    operator.succeed("check")


def test_autogenerate_is_refused_unless_it_is_asked_for(operator, revisions):
    operator.succeed("upgrade")
    operator.execute("DROP TABLE console_links")
    folder = str(revisions.folder)

    said = operator.refused("-d", folder, "migrate", "-m", "links again")
    assert said.startswith("Revisions are written by hand here: flask db revision -m '...'")

    operator.succeed("-d", folder, "migrate", "--autogenerate", "-m", "links again")
    assert "op.create_table(" in (revisions.versions / "021_links_again.py").read_text()


def test_the_second_upgrade_gives_up_in_the_end(operator, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    with _somebody_upgrading(operator):
        said = operator.refused("upgrade")
    assert said.startswith("Another upgrade of this database, or the building of its search index,")
    assert operator.tables() == set()

    operator.succeed("upgrade")


@pytest.mark.only_on("sqlite")
def test_a_lock_that_cannot_be_made_is_said_in_one_line(operator):
    Path(f"{operator.engine.url.database}.upgrading").mkdir()

    assert operator.refused("upgrade").endswith("cannot be opened for writing: Is a directory.")


@pytest.mark.parametrize("tries", [1, 5])
@pytest.mark.only_on("postgresql", "mysql")
def test_a_table_in_use_is_waited_for_again_and_again_but_not_forever(operator, monkeypatch, tries):
    monkeypatch.setattr(locks, "TABLE_PATIENCE", 1)
    monkeypatch.setattr(locks, "TABLE_TRIES", tries)
    operator.succeed("upgrade")
    before = "008_console_user_names"

    with operator.engine.connect() as reader:
        reader.execute(text("SELECT * FROM console_audit_head"))
        if tries == 1:
            said = operator.refused("downgrade", before)
            assert said.startswith("A table stayed in use by another program for too long.")
            return
        monkeypatch.setattr("time.sleep", lambda _: reader.rollback())
        operator.succeed("downgrade", before)

    assert "console_audit_head" not in operator.tables()


@pytest.mark.only_on("sqlite")
def test_sqlite_keeps_no_reference_to_a_row_that_a_revision_deleted(operator, revisions):
    operator.succeed("upgrade")
    revisions.write(
        "021_forget",
        'op.execute("DELETE FROM roles")',
        "pass",
        after="020_console_audit_ids",
    )

    said = operator.refused("-d", str(revisions.folder), "upgrade")

    assert said.endswith("rows of roles that are not there. Nothing was changed.")
    assert operator.ask("SELECT count(*) FROM roles") == [(3,)]


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/test", "mysql://127.0.0.1:1/test"])
@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
def test_no_connection_is_said_in_one_line_with_exit_code_3(url, command):
    result = Operator({"DATABASE_URL": url}).run(command)

    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: No connection to ")


def test_a_file_that_is_no_database_is_said_in_one_line_with_exit_code_3(tmp_path):
    path = tmp_path / "test.db"
    path.write_text("no database, but long enough to be looked at " * 20)

    result = Operator({"SQLITE_PATH": str(path)}).run("upgrade")

    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1


def test_a_configuration_that_cannot_be_used_is_said_in_one_line_with_exit_code_2():
    environ = {"DATABASE_PROVIDER": "oracle"}
    script = ScriptInfo(create_app=lambda: create_app(environ))

    result = CliRunner().invoke(db, ["upgrade"], obj=script)

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: DATABASE_PROVIDER ")
    assert result.stderr.count("\n") == 1


def _somebody_upgrading(operator):
    if operator.database == "sqlite":
        return locks.exclusive(_connected(operator))
    connection = operator.engine.connect()
    with locks.exclusive(connection):
        return closing(connection)


def _connected(operator):
    with operator.engine.connect() as connection:
        return connection
