"""The file .env: read by the console alone, and each mistake in it told in one line."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from app import config
from app.config import ConfigurationError
from tests.cli.conftest import FLASK, ROOT
from tests.migrations.operating import MAIN, Operator

UNREADABLE = ".env in the current folder cannot be read as UTF-8."
ANSWERED_BY_THE_CONSOLE = Path(sysconfig.get_path("purelib"), "console-reads-dotenv.pth")


@pytest.fixture
def dotenv(tmp_path, monkeypatch):
    """Writes .env into the current folder: ``dotenv("DB_HOST=db")``."""
    monkeypatch.chdir(tmp_path)
    for name in ("SECRET_KEY", "DB_HOST", "DATABASE_URL", "DATABASE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)

    def dotenv(content: str | bytes) -> Path:
        path = tmp_path / ".env"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return dotenv


def refusal():
    with pytest.raises(ConfigurationError) as refused:
        config.read()
    assert refused.value.exit_code == 2
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_another_encoding_is_refused(dotenv, encoding):
    dotenv("SECRET_KEY=schlüssel\n".encode(encoding))

    assert refusal() == UNREADABLE


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("DB_PASSWORD='canary", 3),
        ("\n\nDB_PASSWORD canary", 5),
        ("DB_PASSWORD='canary' and more", 3),
        ("DB_HOST: canary", 3),
    ],
)
def test_a_line_that_is_none_is_refused_by_its_number(dotenv, line, number):
    dotenv(f"# a comment\nexport PORT=8001\n{line}\n")

    assert refusal() == (
        f".env in the current folder: line {number} is not NAME=value."
        " Put a value with quotes, spaces or # in single quotes."
    )


def test_a_file_that_may_not_be_read_is_refused(dotenv):
    path = dotenv("")
    path.unlink()
    path.symlink_to("/proc/self/mem")

    assert refusal() == ".env in the current folder cannot be read (Input/output error)."


def test_the_mark_of_an_editor_is_no_part_of_a_name(dotenv):
    dotenv("\ufeffDATABASE_PROVIDER=mysql\r\nDB_HOST=db.example\r\n")

    assert config.read().where.startswith("MySQL/MariaDB at db.example:3306")


def test_a_folder_of_that_name_is_somebody_elses(dotenv, tmp_path):
    (tmp_path / ".env").mkdir()

    assert config.read().where.startswith("SQLite file")


def run(tmp_path, *command, content=b"\xff\xfeS\0"):
    (tmp_path / ".env").write_bytes(content)
    started = Operator({}).start(*command, cwd=tmp_path)
    out, err = started.communicate(timeout=60)
    return started.returncode, out, err


def test_migrate_py_and_make_run_tell_it_in_one_line(tmp_path):
    make_run = f"import sys; sys.path[0] = {str(ROOT)!r}; from tools import run; run.main()"
    for command in ((MAIN, "current"), ("-c", make_run)):
        code, _, err = run(tmp_path, *command)

        assert (code, err.removeprefix("Error: ")) == (2, f"{UNREADABLE}\n")


@pytest.mark.skipif(
    not ANSWERED_BY_THE_CONSOLE.exists(), reason="this environment was not made by make"
)
@pytest.mark.parametrize("content", ["PORT=1\n".encode("utf-16"), b"PORT='1\n"])
def test_flask_leaves_the_file_to_the_console(tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    ended = subprocess.run(
        [FLASK, "db", "current"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: .env in the current folder")
    assert ended.stderr.count("\n") == 1
