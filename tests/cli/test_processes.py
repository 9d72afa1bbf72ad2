"""The commands as operators run them: as processes, by their environment and exit codes."""

import os
import pty
import subprocess
import sys

import pytest
from sqlalchemy import select

from app.models import ApplicationSetting, User
from tests.cli.conftest import ENVIRON, FLASK, ROOT
from tests.support.people import PASSWORD

STRONG = "7bW!vQ2m@Zr9Lx#4Tn8Kp$5Hc6Jd1Fg0Ys3Ae"
PRODUCTION = {"CONSOLE_ENV": "production", "SECRET_KEY": "", "CONSOLE_BASE_URL": ""}
NOBODY_LISTENS = {"DATABASE_URL": "postgresql://console:canary@127.0.0.1:1/rag_fortress"}

NO_SUCH_PROVIDER = {"DATABASE_URL": "", "DATABASE_PROVIDER": "oracle"}

pytestmark = pytest.mark.only_on("sqlite")


def is_one_line(text):
    return text.startswith("Error: ") and text.endswith("\n") and text.count("\n") == 1


def test_a_server_has_no_use_for_the_commands():
    names = "[name for name in sys.modules if name.startswith(('app.cli', 'alembic'))]"
    program = f"import sys; from app import create_app; create_app({{}}); print(*{names})"
    imported = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set(imported.stdout.split()) == {"app.cli", "app.cli.lazy"}


def test_every_command_is_listed(process):
    done = process("--help")

    assert done.code == 0
    for name in ("db", "users", "settings", "setup-link", "doctor"):
        assert f"\n  {name} " in done.out


def test_help_needs_no_database(process):
    done = process("users", "create", "--help", environ=NOBODY_LISTENS)

    assert (done.code, done.err) == (0, "")
    assert "Usage: flask users create [OPTIONS] NAME EMAIL" in done.out


def test_a_setting_is_written_and_read_by_pipes(process, session):
    text = "Grüße 🎈\nzweite Zeile"
    session.add(ApplicationSetting(key="greeting", category="texts"))
    session.commit()

    # An ASCII locale of the operator's must not matter.
    ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    written = process("settings", "set", "greeting", "-", typed=text.encode(), environ=ascii_only)
    read = process("settings", "get", "greeting", environ=ascii_only)

    assert (written.code, written.out) == (0, "")
    assert (read.code, read.out, read.err) == (0, f"{text}\n", "")


def test_a_user_is_created_by_a_pipe(process, session):
    done = process(
        *("users", "create", "cleo", "cleo@example.org", "--role", "admin", "--password-stdin"),
        typed=f"{PASSWORD}\n".encode(),
        environ=PRODUCTION,
    )

    assert (done.code, done.out, done.err) == (*(0, "", "Created cleo with the role admin.\n"),)
    assert session.scalars(select(User)).one().has_password


def test_a_password_is_not_read_from_a_terminal_that_shows_it(database, session):
    leader, follower = pty.openpty()
    done = subprocess.run(
        [FLASK, "users", "create", "cleo", "c@example.org", "--password-stdin"],
        cwd=ROOT,
        env=ENVIRON | database.environ,
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(leader)
    os.close(follower)

    assert (done.returncode, is_one_line(done.stderr)) == (2, True)
    assert "Standard input is a terminal" in done.stderr
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": STRONG}, "CONSOLE_BASE_URL is not set"),
        (
            {"SECRET_KEY": STRONG, "CONSOLE_BASE_URL": "http://console.example"},
            "CONSOLE_BASE_URL must begin with https://",
        ),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("users", "create", "cleo", "cleo@example.org"),
        ("users", "reset-password", "cleo"),
        ("setup-link",),
    ],
    ids="-".join,
)
def test_no_link_is_made_that_could_not_be_opened_safely(
    process, session, command, environ, sentence
):
    done = process(*command, environ=PRODUCTION | environ)

    assert (done.code, done.out, is_one_line(done.err)) == (2, "", True)
    assert sentence in done.err
    assert session.scalars(select(User)).all() == []


def test_links_begin_with_the_configured_address(process):
    environ = {"SECRET_KEY": STRONG, "CONSOLE_BASE_URL": "https://console.example"}

    done = process("setup-link", environ=PRODUCTION | environ)

    assert done.code == 0
    assert done.out.startswith("https://console.example/setup/")
    assert done.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "environ", "code"),
    [
        (("settings", "get", "nothing"), {}, 1),
        (("settings", "set", "app_environment", "x"), {}, 1),
        (("users", "list"), NOBODY_LISTENS, 3),
        (("settings", "set", "chunk_size", "5"), NOBODY_LISTENS, 3),
        (("users", "list"), NO_SUCH_PROVIDER, 2),
        (("--app", "wsgi", "users", "list"), NO_SUCH_PROVIDER, 2),
        (("users", "list", "--colour"), {}, 2),
        (("users", "activate", b"\xff"), {}, 2),
    ],
    ids=str,
)
def test_what_goes_wrong_is_one_line_and_a_code(process, arguments, environ, code):
    done = process(*arguments, environ=environ)

    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err
    assert done.err.count("\n") == 1
    assert "canary" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "create", "cleo"),
        ("users", "sing"),
        ("settings", "list", "--state", "lost"),
        ("setup-link", "now"),
        ("doctor", "--colour"),
    ],
    ids=" ".join,
)
def test_what_is_typed_wrong_is_one_line_and_a_code(flask, arguments):
    done = flask(*arguments)

    assert (done.code, done.out, is_one_line(done.err)) == (2, "", True)


@pytest.mark.parametrize("command", [("users", "list"), ("settings", "list"), ("setup-link",)])
def test_an_empty_database_is_told_how_to_go_on(process, empty_database, command):
    done = process(*command, environ=empty_database)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: The database has no tables of the console yet. Run: flask db upgrade\n"
    )


def test_a_file_that_is_no_database_is_told_from_an_empty_one(process, tmp_path):
    (tmp_path / "test.db").write_text("This is no database. " * 100)

    done = process("users", "list", environ={"DATABASE_URL": f"sqlite:///{tmp_path}/test.db"})

    assert (done.code, done.out, is_one_line(done.err)) == (3, "", True)
    assert "the file is not a SQLite database" in done.err


def test_commands_run_by_the_entry_point_of_the_server_too(process):
    done = process("--app", "wsgi", "settings", "get", "chunk_size", environ=PRODUCTION)

    assert (done.code, done.err) == (0, "")


def test_a_long_list_may_be_cut_off(process, database, session):
    for number in range(300):
        name = f"user{number:03}"
        session.add(User(username=name, email=f"{name}@example.org", password_hash="-"))
    session.commit()

    done = subprocess.run(
        ["/bin/sh", "-c", f'"{FLASK}" users list | head -n 2'],
        cwd=ROOT,
        env=ENVIRON | database.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.count("\n") == 2
    assert done.stderr == ""


def test_no_server_starts_in_production_without_a_key(database):
    serve = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", "0", "wsgi:app"]
    done = subprocess.run(
        serve,
        cwd=ROOT,
        env=ENVIRON | database.environ | PRODUCTION,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert "The console cannot be served. SECRET_KEY is not set" in done.stdout + done.stderr
