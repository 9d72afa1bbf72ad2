"""Serves the console on this machine: ``make run`` and, with other data, ``make demo``.

Development mode: plain HTTP, and a generated secret key in ``instance/``. The embedded file is
migrated whenever it needs to be; a database on a server only while it is empty. While there is no
administrator, each start prints a one-time link for creating one.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
from dotenv import dotenv_values
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.config import Configuration, ConfigurationError
from app.database import revisions
from app.database.problems import connection_problem
from app.extensions import db

ROOT = Path(__file__).resolve().parent.parent
SECRET = ROOT / "instance" / "development-secret-key"
FAILED, MISCONFIGURED, UNREACHABLE = 1, 2, 3
WORKERS = 2
HIGHEST_PORT = 65535


def main() -> None:
    """Prepare the database, then serve the console."""
    start(_prepare)


def start(prepare: Callable[[Flask], None]) -> NoReturn:
    """Serve the console after ``prepare`` has prepared its database."""
    host, port = _address()
    _claim(host, port)
    os.environ["CONSOLE_ENV"] = "development"
    if not _variable("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _secret_key()
    try:
        app = create_app()
    except ConfigurationError as mistake:
        stop(str(mistake), MISCONFIGURED)
    with app.app_context():
        try:
            prepare(app)
        except DBAPIError as error:
            stop(connection_problem(app.config["CONSOLE"], error), UNREACHABLE)
        db.engine.dispose()
    _serve(host, port)


def _address() -> tuple[str, int]:
    host = _variable("HOST") or "127.0.0.1"
    text = _variable("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= HIGHEST_PORT):
        stop(f"PORT must be a number from 1 to {HIGHEST_PORT}.", MISCONFIGURED)
    return host.strip("[]"), int(text)


def _variable(name: str) -> str | None:
    return os.environ.get(name) or dotenv_values(ROOT / ".env").get(name)


def _claim(host: str, port: int) -> None:
    """Stop if the port is not available, before anything is written."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        stop(
            f"Cannot serve on {host} port {port}: {reason}. Another port: make run PORT=8001",
            FAILED,
        )


def _secret_key() -> str:
    """Return the key of this checkout, generated on first use."""
    SECRET.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(SECRET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SECRET.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _prepare(app: Flask) -> None:
    migrate(app)
    command(app, "setup-link", "--if-needed")


def migrate(app: Flask) -> None:
    """Upgrade the tables, or stop where the owner of the database has to decide."""
    if _needs_upgrade(app.config["CONSOLE"]):
        command(app, "db", "upgrade")


def _needs_upgrade(configuration: Configuration) -> bool:
    with db.engine.connect() as connection:
        status = revisions.status_of(revisions.stored(connection))
        tables = inspect(connection).get_table_names()
    if status.is_current:
        return False
    if configuration.database_url.get_backend_name() != "sqlite" and tables:
        # The owner of a database on a server decides when its tables change, after a backup.
        advice = status.command and f" Make a backup, then run: .venv/bin/{status.command}"
        stop(f"{configuration.where}: {status.message}{advice or ''}", FAILED)
    return True


def command(app: Flask, *arguments: str) -> None:
    """Run a command of the console in this process, as ``flask`` does."""
    try:
        app.cli.main(
            list(arguments),
            prog_name="flask",
            obj=ScriptInfo(create_app=lambda: app),
            standalone_mode=False,
        )
    except click.ClickException as error:
        stop(error.format_message(), error.exit_code)
    except click.exceptions.Exit as end:
        if end.exit_code:
            raise SystemExit(end.exit_code) from None


def _serve(host: str, port: int) -> NoReturn:
    displayed = f"[{host}]" if ":" in host else host
    print(f"Serving on http://{displayed}:{port} (Ctrl-C stops it).", flush=True)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    server += ["--host", host, "--port", str(port), "--log-level", "warning"]
    server += ["--workers", str(WORKERS), "--blocking-threads", "1"]
    server += ["--workers-kill-timeout", "5s", "wsgi:app"]
    # In its own process group: otherwise Ctrl-C in a terminal also reaches the workers, which then
    # stop while they are being stopped, and often hang.
    process = subprocess.Popen(server, stdin=subprocess.DEVNULL, process_group=0)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: process.terminate())
    raise SystemExit(process.wait())


def stop(sentence: str, code: int) -> NoReturn:
    """Print the problem in one line, and exit with the code."""
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
