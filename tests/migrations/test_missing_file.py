"""A SQLite file that is missing: only an upgrade makes it, and says so if nobody named it."""

import pytest

from tests.cli.conftest import ENVIRON
from tests.migrations.operating import MAIN, Operator


@pytest.fixture
def elsewhere(tmp_path):
    """An operator in a folder without anything, who has set no variable."""
    operator = Operator({})

    def run(*words, **environ):
        operator.environ = {"FLASK_SKIP_DOTENV": ENVIRON["FLASK_SKIP_DOTENV"], **environ}
        with operator.start(MAIN, *words, cwd=tmp_path) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    return run


@pytest.mark.parametrize(
    ("command", "code"),
    [("current", 0), ("check", 1), ("history", 0), ("downgrade -1", 3), ("current -v", 0)],
)
def test_looking_for_a_file_that_is_missing_makes_none(elsewhere, tmp_path, command, code):
    ended, out, err = elsewhere(*command.split())

    assert ended == code
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in err
    if code == 1 or command.startswith("current"):
        assert "no tables of the console yet. Run: flask db upgrade" in out + err


def test_a_new_file_that_nobody_named_is_announced(elsewhere, tmp_path):
    _, _, err = elsewhere("upgrade", "001")
    _, _, again = elsewhere("upgrade", "001")
    _, _, named = elsewhere("upgrade", "001", SQLITE_PATH="named.db")

    line = err.splitlines()[0]
    assert line.startswith(
        f"No variable names a database, so this creates the SQLite file {tmp_path}/rag_fortress.db."
    )
    assert "No variable" not in again + named


def test_a_console_whose_file_is_missing_makes_none_either(make_app, tmp_path):
    app = make_app({"SQLITE_PATH": str(tmp_path / "x.db"), "CONSOLE_ENV": "development"})

    answers = [app.test_client().get(path) for path in ("/", "/readyz")]
    done = app.test_cli_runner().invoke(args=["users", "list"])

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("has no tables of the console yet" in answer.text for answer in answers)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []
