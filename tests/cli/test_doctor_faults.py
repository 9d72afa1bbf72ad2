"""A database with damaged pages or without a table: found by the doctor, which reads the rest."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.extensions import db
from app.models.base import Base
from tests.cli.conftest import Done
from tests.support.browsing import Browser
from tests.support.databases import Databases
from tests.support.people import PASSWORD

DAMAGED = "The database is damaged: it cannot read all that it has stored."
CURE = "Stop the console, and restore the file from a backup: docs/backup.md"
READ = {"writing", "tables", "administrator", "passwords", "record", "search", "everything"}


@pytest.fixture
def run():
    """Runs a command of a console: ``run(app, "doctor")``."""

    def run(app, *arguments):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=list(arguments))
            db.session.remove()
            db.engine.dispose()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A file of a console at the newest revision, with an administrator; to be copied."""
    return tmp_path_factory.mktemp("prepared") / "prepared.db"


@pytest.fixture
def console(make_app, run, prepared, tmp_path):
    """A console on a SQLite file of its own."""
    if not prepared.exists():
        app = make_app({"CONSOLE_ENV": "development", "SQLITE_PATH": str(prepared)})
        assert run(app, "db", "upgrade").code == 0
        assert run(app, "users", "create", "nora", "n@example.org", "--role", "admin").code == 0
    shutil.copy(prepared, tmp_path / "own.db")
    return make_app({"CONSOLE_ENV": "development", "SQLITE_PATH": str(tmp_path / "own.db")})


def file_of(app):
    return app.config["CONSOLE"].database_url.database


def damage(app, table):
    """Overwrite the first page of a table, as a broken disk does."""
    path = file_of(app)
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?"
        page = connection.execute(root, (table,)).fetchone()[0]
    overwrite(path, (page - 1) * size, b"\xde\xad" * (size // 2))


def overwrite(path, start, content):
    with Path(path).open("r+b") as file:
        file.seek(start)
        file.write(content)


def subjects(done):
    return {line[9:].partition(":")[0] for line in done.out.splitlines()}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables])
def test_a_table_that_is_missing_is_a_finding_and_the_rest_is_read(console, run, table):
    with closing(sqlite3.connect(file_of(console))) as connection:
        connection.execute(f"DROP TABLE {table}")
        connection.commit()

    done = run(console, "doctor", "--deep")

    assert (done.code, done.err) == (1, "")
    assert "Missing changes: add table " + table in done.out
    assert subjects(done) >= READ
    assert "No connection" not in done.out


def test_a_missing_table_breaks_nothing_off_on_any_database(
    make_app, run, all_databases: Databases, database_name
):
    database = all_databases.make(database_name)
    app = make_app(database.environ)
    assert run(app, "db", "upgrade").code == 0
    run(app, "users", "create", "nora", "nora@example.org")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE console_setting_rules"))
        connection.execute(text("UPDATE console_user_names SET skeleton = 'other'"))

    done = run(app, "doctor", "--deep")
    ready = app.test_client().get("/readyz")

    assert (done.code, done.err) == (1, "")
    assert "wrong    rules: Not checked to the end. The database rejected a statement:" in done.out
    assert "The copies of 1 name are wrong." in done.out
    assert ready.status_code == 200
    with app.app_context():
        db.engine.dispose()
    all_databases.drop(database)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("table", ["users", "application_settings", "console_audit_events"])
def test_a_damaged_file_is_a_finding_and_the_rest_is_read(console, run, table):
    damage(console, table)

    done = run(console, "doctor", "--deep")

    assert (done.code, done.err) == (1, "")
    assert f"everything: SQLite file {file_of(console)} is damaged: " in done.out
    assert f"{DAMAGED} {CURE}" in done.out
    assert subjects(done) >= READ
    assert "SQLITE_PATH" not in done.out


@pytest.mark.only_on("sqlite")
def test_what_only_indexes_have_is_found_too(console, run):
    with closing(sqlite3.connect(file_of(console))) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_users_email'"
        page = connection.execute(query).fetchone()[0]
    path = file_of(console)
    overwrite(path, (page - 1) * 4096, bytes(4096))

    done = run(console, "doctor", "--deep")

    assert done.code == 1
    assert f"SQLite file {path} is damaged: " in done.out


@pytest.mark.only_on("sqlite")
def test_pages_commands_and_the_api_say_that_the_file_is_damaged(console, run):
    token = run(console, "tokens", "create", "nora", "ci").out.split()[-1]
    for table in ("users", "application_settings"):
        damage(console, table)

    listed = run(console, "settings", "list")
    assert (listed.code, listed.err) == (
        *(3, f"Error: SQLite file {file_of(console)}: {DAMAGED} {CURE}\n"),
    )
    client = console.test_client()
    answer = client.get("/api/v1/settings", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["detail"]) == (503, f"{DAMAGED} Nothing was saved.")
    page = Browser(client).submit("/login", username="nora", password=PASSWORD)
    assert (page.status_code, f"{DAMAGED} Nothing was saved." in page.text) == (503, True)

    damage(console, "alembic_version")
    with console.app_context():
        # A connection keeps the pages that it has read.
        db.engine.dispose()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["reason"]) == (503, DAMAGED)
    examined = run(console, "doctor")
    sentence = f"SQLite file {file_of(console)}: {DAMAGED} {CURE}"
    assert f"wrong    connection: {sentence}" in examined.out


@pytest.mark.only_on("sqlite")
def test_what_cannot_be_written_to_is_not_said_not_to_answer(console, run):
    with closing(sqlite3.connect(file_of(console))) as connection:
        connection.execute("DROP TABLE console_access_guard")

    ready = console.test_client().get("/readyz")

    assert (ready.status_code, ready.json["reason"]) == (
        *(503, "The database refuses what the console asks. flask doctor tells why."),
    )


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("is_running", [False, True])
def test_what_is_no_sqlite_file_is_said_by_pages_and_the_api_too(console, run, caplog, is_running):
    token = run(console, "tokens", "create", "nora", "ci").out.split()[-1]
    client, sentence = console.test_client(), "The file of the database is not a SQLite database."
    if is_running:
        assert client.get("/readyz").status_code == 200
    overwrite(file_of(console), 0, b"This is a letter. " * 20)

    ready, page = client.get("/readyz"), client.get("/login")
    answer = client.get("/api/v1/settings", headers={"Authorization": f"Bearer {token}"})

    assert (ready.status_code, ready.json["reason"]) == (503, sentence)
    assert (page.status_code, f"{sentence} Nothing was saved." in page.text) == (503, True)
    assert (answer.status_code, answer.json["detail"]) == (503, f"{sentence} Nothing was saved.")
    assert "the file is not a SQLite database. Check SQLITE_PATH." in caplog.text
