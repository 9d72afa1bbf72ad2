"""Progress of long work, which only a terminal is shown."""

import os
import pty
import subprocess

import pytest

from tests.cli.conftest import ENVIRON, FLASK, ROOT

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def at_a_terminal(database):
    """Runs a command with standard error at a terminal; returns what it wrote, and showed there."""

    def at_a_terminal(*arguments, **options):
        leader, follower = pty.openpty()
        done = subprocess.run(
            [FLASK, *arguments],
            cwd=ROOT,
            env=ENVIRON | database.environ,
            stdout=subprocess.PIPE,
            stderr=follower,
            timeout=60,
            check=True,
            **options,
        )
        os.close(follower)
        shown = os.read(leader, 65_536).decode()
        os.close(leader)
        return done.stdout.decode(), shown

    return at_a_terminal


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (("audit", "verify"), "Events"),
        (("audit", "export", "--format", "jsonl"), "Events"),
        (("users", "bulk", "assign", "-", "--role", "user", "--dry-run"), "Names"),
    ],
)
def test_progress_is_shown_at_a_terminal_and_nowhere_else(
    at_a_terminal, flask, process, ada, command, label
):
    flask("settings", "set", "chunk_size", "640")
    data, shown = at_a_terminal(*command, input=b"ada\n")
    piped = process(*command, typed=b"ada\n")

    assert f"{label}  [#" in shown
    assert "100%" in shown
    assert label not in piped.err
    assert piped.out.startswith(data)


def test_nothing_to_be_done_has_no_progress(at_a_terminal, ada):
    _, shown = at_a_terminal("users", "copy-names")

    assert shown == "Copied the names of 0 users.\r\n"
