"""``make run``: what it prepares, what it refuses, and that it serves."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.support.databases import SECRET_KEY
from tests.tools.pages import page
from tools import run

SECONDS = 60


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def make_run(port):
    started = []

    def make_run(**variables):
        environ = os.environ | {"PORT": str(port), "SECRET_KEY": SECRET_KEY} | variables
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=run.ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield make_run
    for process in started:
        process.terminate()
        process.communicate(timeout=SECONDS)


def test_it_migrates_prints_a_link_and_serves(make_run, port, empty_database):
    process = make_run(**empty_database)
    link = _opened(process, port)

    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/setup/[\w-]{{43}}", link)
    assert "administrator" in page(link)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=SECONDS) == 0


@pytest.mark.only_on("postgresql", "mysql")
def test_tables_on_a_server_are_not_changed_unasked(make_run, make_app, empty_database):
    console = make_app(empty_database)
    console.test_cli_runner().invoke(args=["db", "upgrade", "002"])

    said = _refused(make_run(**empty_database), run.FAILED)

    assert "The database is at revision 002" in said
    assert "Make a backup, then run: .venv/bin/flask db upgrade" in said
    assert console.test_cli_runner().invoke(args=["db", "current"]).output == "002\n"


def test_a_port_that_is_taken_is_one_line(make_run, port, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = _refused(make_run(SQLITE_PATH=str(tmp_path / "x.db")), run.FAILED)

    assert said == (
        f"Cannot serve on 127.0.0.1 port {port}: address already in use. "
        "Another port: make run PORT=8001\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_server_is_told_to_end_once(port):
    counting = (
        "import signal, time; told = []; signal.signal(15, lambda *_: told.append(1));"
        " print('ready', flush=True)\nwhile not told: time.sleep(0.01)\n"
        "time.sleep(0.5); print(len(told))"
    )
    serving = (
        f"from tools import run; run.server = lambda *_: ['-c', {counting!r}];"
        f" run._serve('127.0.0.1', {port})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", serving], cwd=run.ROOT, stdout=subprocess.PIPE, text=True
    )

    assert process.stdout.readline() == "ready\n"
    for signum in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
        process.send_signal(signum)
        time.sleep(0.1)

    assert process.communicate(timeout=SECONDS)[0] == "1\n"


def test_a_port_that_is_no_number_is_one_line(make_run):
    said = _refused(make_run(PORT="eight"), run.MISCONFIGURED)

    assert said == "PORT must be a number from 1 to 65535.\n"


def test_a_mistake_in_the_configuration_is_one_line(make_run):
    said = _refused(make_run(DATABASE_PROVIDER="oracle"), run.MISCONFIGURED)

    assert said == "DATABASE_PROVIDER must be sqlite, postgresql or mysql.\n"


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path):
    file = tmp_path / "instance" / "key"

    key = run.key_in(file)

    assert len(key) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert run.key_in(file) == key


def test_a_part_of_a_key_is_replaced(tmp_path):
    file = tmp_path / "key"
    file.write_text("cut")

    assert run.key_in(file) == run.key_in(file) == file.read_text() != "cut"


def test_a_key_that_cannot_be_kept_lasts_for_the_run(tmp_path, capsys):
    (tmp_path / "instance").write_text("a file where the folder should be")
    file = tmp_path / "instance" / "key"

    assert len(run.key_in(file)) >= 32

    said = capsys.readouterr().out
    assert said == f"The key cannot be kept in {file}: file exists. It lasts for this run only.\n"


def _opened(process, port):
    """Read until it says that it serves, and then it does; return the link that was printed."""
    printed = ""
    while not printed.endswith("(Ctrl-C stops it).\n"):
        line = process.stdout.readline()
        assert line, printed
        printed += line
    page(f"http://127.0.0.1:{port}/healthz")
    return next(line for line in printed.splitlines() if line.startswith("http://"))


def _refused(process, exit_code):
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == exit_code, said
    return said
