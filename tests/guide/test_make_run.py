"""What ``make run`` says where it cannot serve, and what it leaves alone."""

import resource
import socket
import subprocess
import sys

import pytest

from app.database import revisions
from tests.guide.serving import free_port
from tests.support.people import PASSWORD_HASH

NOBODY = (
    "No connection to PostgreSQL at 127.0.0.1:1, database rag_fortress: nothing listens there."
    " Check DB_HOST and DB_PORT."
)
USER = (
    "INSERT INTO users (username, email, password_hash)"
    f" VALUES ('ada', 'ada@example.org', '{PASSWORD_HASH}')"
)
ROLE = (
    "INSERT INTO user_roles (user_id, role_id)"
    " SELECT users.id, roles.id FROM users, roles WHERE name = 'admin'"
)
ADA = (USER, ROLE)


def refused(checkout, **variables):
    """The exit code and the line of ``make run``, without make around it."""
    words = [f"{name}={value}" for name, value in ({"PORT": free_port()} | variables).items()]
    done = checkout.type(" ".join([*words, "python -m tools.run"]))
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr.rstrip("\n")


@pytest.mark.only_on("sqlite")
def test_a_second_start_is_quick_and_prints_no_link(checkout, make_run, record_property):
    checkout.operator.succeed("upgrade")
    checkout.operator.execute(*ADA)
    start = processor_seconds()
    program = [sys.executable, "-c", "import app; app.create_app({})"]
    subprocess.run(program, cwd=checkout.folder, check=True)
    before = processor_seconds()

    served = make_run()
    said = served.said
    served.stop()

    assert said == (
        "For commands in another terminal:"
        f" export CONSOLE_ENV=development PORT={served.port}"
        f' SECRET_KEY="$(cat {checkout.folder}/instance/development-secret-key)"\n'
        f"Serving on {served.address} (Ctrl-C stops it).\n"
    )
    record_property("figure", f"make run, the second time: {served.seconds:.1f} s")
    # What it takes of the processor, in starts of the application: a second of a processor is not
    # the same on every machine, nor on one that is busy with other tests.
    assert processor_seconds() - before <= 3.5 * (before - start)


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.only_on("sqlite")
def test_a_port_that_is_taken_is_one_line_and_nothing_is_written(checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, line = refused(checkout, PORT=port)

    assert code == 1
    assert line == (
        f"Cannot serve on 127.0.0.1 port {port}: address already in use."
        " Another port: make run PORT=8001"
    )
    assert not (checkout.folder / "rag_fortress.db").exists()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("variables", "code", "line"),
    [
        ({"PORT": "eighty"}, 2, "PORT must be a number from 1 to 65535."),
        (
            {"DATABASE_PROVIDER": "oracle"},
            2,
            "DATABASE_PROVIDER must be sqlite, postgresql or mysql.",
        ),
        (
            {"DATABASE_PROVIDER": "postgresql", "DB_HOST": "127.0.0.1", "DB_PORT": "1"},
            3,
            NOBODY,
        ),
    ],
)
def test_a_variable_that_is_wrong_is_one_line(checkout, variables, code, line):
    assert refused(checkout, **variables) == (code, line)


@pytest.mark.only_on("postgresql", "mysql")
def test_a_database_on_a_server_that_is_behind_is_left_to_its_owner(checkout):
    checkout.operator.succeed("upgrade", "002")

    code, line = refused(checkout)

    assert code == 1
    assert line.endswith(
        f"The database is at revision 002, and the console needs {revisions.head()}."
        " Make a backup, then run: .venv/bin/flask db upgrade"
    )
    assert checkout.operator.succeed("current") == "002\n"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("refuses", "line"),
    [
        ("sys.version_info", "and the console needs Python 3.11 or later"),
        ("ensurepip", "Python's venv module is missing: install it (Debian: apt install"),
    ],
)
def test_a_python_that_will_not_do_is_one_line(checkout, refuses, line):
    python = checkout.folder / "python3"
    python.write_text(f'#!/bin/sh\ncase "$*" in *{refuses}*) exit 1;; esac\n')
    python.chmod(0o755)

    done = checkout.type(f"PYTHON={python} tools/install.sh requirements.txt")

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert line in done.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.only_on("sqlite")
def test_no_python_at_all_is_one_line(checkout):
    done = checkout.type("PYTHON=python-that-is-not-there tools/install.sh requirements.txt")

    assert done.returncode == 1
    assert done.stderr.startswith("Python is missing: install Python 3.11 or later")
