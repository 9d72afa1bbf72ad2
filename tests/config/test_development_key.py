"""The key that ``make run`` keeps: commands find it in development, and nowhere else."""

import subprocess
import sys

import pytest

from app.config import development_key
from tests.support.databases import SECRET_KEY
from tests.tools.test_run import SECONDS
from tools import run

KEY = "k" * development_key.CHARACTERS
DEVELOPMENT = {"CONSOLE_ENV": "development"}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "development-secret-key"
    path.write_text(f"{KEY}\n")
    return path


def test_it_completes_the_variables_of_development(file):
    assert development_key.completed(DEVELOPMENT, file) == {**DEVELOPMENT, "SECRET_KEY": KEY}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"CONSOLE_ENV": ""},
        {"CONSOLE_ENV": "production"},
        {**DEVELOPMENT, "SECRET_KEY": "another"},
    ],
)
def test_it_is_not_taken_in_production_nor_before_another(file, values):
    assert development_key.completed(values, file) == values


def test_a_key_that_is_missing_or_cut_is_none(file, tmp_path):
    assert development_key.kept(tmp_path / "nothing") is None
    file.write_text("cut")
    assert development_key.completed(DEVELOPMENT, file) == DEVELOPMENT


@pytest.mark.parametrize("is_inherited", [True, False])
def test_the_printed_line_leads_to_the_key_and_does_not_hold_it(
    file, monkeypatch, capsys, is_inherited
):
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY if is_inherited else KEY)

    run._tell_variables({"PORT": "81 00"}, {"SECRET_KEY": file}, is_inherited=is_inherited)

    said = capsys.readouterr().out
    export = said.removeprefix("For commands in another terminal: ").splitlines()[0]
    shell = ["sh", "-c", f'{export}; printf %s "$SECRET_KEY"']
    key = subprocess.run(shell, env={}, capture_output=True, text=True, timeout=SECONDS, check=True)
    assert key.stdout == ("" if is_inherited else KEY)
    assert KEY not in said
    assert SECRET_KEY not in said
    assert ("Set SECRET_KEY there" in said) == is_inherited


@pytest.mark.parametrize(("environment", "key"), [("development", KEY), ("production", None)])
def test_a_command_of_development_has_it_without_being_told(file, environment, key):
    program = (
        "import pathlib; from app import config; from app.config import development_key as kept;"
        f"kept.completed.__defaults__ = (pathlib.Path({str(file)!r}),);"
        "print(config.read().secret_key)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=run.ROOT,
        env={"CONSOLE_ENV": environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )

    assert ended.stdout == f"{key}\n"
