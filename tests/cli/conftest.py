"""The commands, run in a test's process or as processes of their own."""

import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.models import DbSession
from tests.support.databases import Database
from tests.support.warm_python import WarmPython

ROOT = Path(__file__).resolve().parents[2]
FLASK = Path(sys.executable).with_name("flask")
# Not what stands in somebody's .env.
ENVIRON = {"PATH": os.environ["PATH"], "FLASK_SKIP_DOTENV": "1", "FLASK_APP": "app:create_app"}
ACTOR = f"os:{pwd.getpwuid(os.getuid()).pw_name}"


@dataclass(frozen=True)
class Done:
    """What a command wrote, and what it ended with."""

    code: int
    out: str
    err: str


@pytest.fixture
def flask(app: Flask, session: DbSession) -> Callable[..., Done]:
    """Runs a command as operators do: ``flask("users", "activate", "vera")``.

    ``typed`` is what is on standard input.
    """

    def flask(*arguments: str, typed: str | bytes | None = None) -> Done:
        # What the test has prepared is there for the command, and what the command has changed is
        # there for the test.
        session.commit()
        with app.app_context():
            result = app.test_cli_runner().invoke(args=list(arguments), input=typed)
            db.session.remove()
        session.expire_all()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return flask


@pytest.fixture
def process(database: Database, warm_python: WarmPython) -> Callable[..., Done]:
    """Runs a command as a process: ``process("doctor", environ={"CONSOLE_ENV": "production"})``."""

    def process(
        *arguments: str, typed: bytes | None = None, environ: dict[str, str] | None = None
    ) -> Done:
        # Its encoding Python learns when it starts, which a warm one has done before.
        is_cold = "PYTHONIOENCODING" in (environ or {})
        ended = subprocess.run(
            [FLASK if is_cold else warm_python.folder / "flask", *arguments],
            cwd=ROOT,
            env=ENVIRON | database.environ | (environ or {}),
            input=typed or b"",
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return process
