"""Serves the console on this machine: ``make run`` and, with other data, ``make demo``.

Development mode: plain HTTP, and a generated secret key in ``instance/``. The embedded file is
migrated whenever it needs to be; a database on a server only while it is empty. While there is no
administrator, each start prints a one-time link for creating one.
"""

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.config import Configuration, ConfigurationError, development_key, environment
from app.database import revisions
from app.database.problems import connection_problem
from app.extensions import db

ROOT = Path(__file__).resolve().parent.parent
SECRET = development_key.FILE
FAILED, MISCONFIGURED, UNREACHABLE = 1, 2, 3
WORKERS, THREADS = 2, 18
PORT, HIGHEST_PORT = 8000, 65535
OF_ALL_INTERFACES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not served


def main() -> None:
    """Prepare the database, then serve the console."""
    start(_prepare)


def start(
    prepare: Callable[[Flask], None],
    database: Mapping[str, str] = MappingProxyType({}),
    keys: Mapping[str, Path] = MappingProxyType({}),
) -> NoReturn:
    """Serve the console after ``prepare`` has prepared its database.

    Args:
        prepare: Called with the application, in its context.
        database: Variables that name a database other than that of the environment.
        keys: Variables of keys that belong to it, with the files that keep them.
    """
    host, port = _address()
    _claim(host, port)
    variables = {"CONSOLE_ENV": "development", **({"PORT": str(port)} if port != PORT else {})}
    variables |= database
    os.environ.update(variables)
    is_inherited = bool(os.environ.get("SECRET_KEY"))
    if not _variable("SECRET_KEY"):
        os.environ["SECRET_KEY"] = key_in(SECRET)
    os.environ.update({name: key_in(file) for name, file in keys.items()})
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
    _tell_variables(variables, {"SECRET_KEY": SECRET, **keys}, is_inherited=is_inherited)
    _serve(host, port)


def _tell_variables(
    variables: Mapping[str, str], keys: Mapping[str, Path], *, is_inherited: bool
) -> None:
    """Print what commands need to find the same database, and to use the same keys."""
    exported = [f"{name}={shlex.quote(value)}" for name, value in variables.items()]
    for name, file in keys.items():
        kept = development_key.kept(file)
        if kept and kept == os.environ.get(name):
            exported.append(f'{name}="$(cat {shlex.quote(str(file))})"')
    print(f"For commands in another terminal: export {' '.join(exported)}", flush=True)
    if is_inherited:
        print("Set SECRET_KEY there as it is set here.", flush=True)


def _address() -> tuple[str, int]:
    host = _variable("HOST") or "127.0.0.1"
    text = _variable("PORT") or str(PORT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= HIGHEST_PORT):
        stop(f"PORT must be a number from 1 to {HIGHEST_PORT}.", MISCONFIGURED)
    return host.strip("[]"), int(text)


def _variable(name: str) -> str | None:
    try:
        return environment.from_process().get(name)
    except ConfigurationError as mistake:
        stop(str(mistake), MISCONFIGURED)


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


def key_in(file: Path) -> str:
    """Return the key that a file keeps, generated on first use."""
    key = secrets.token_urlsafe(development_key.CHARACTERS * 3 // 4)
    try:
        return _kept_key(file, key)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        print(f"The key cannot be kept in {file}: {reason}. It lasts for this run only.")
        return key


def _kept_key(file: Path, key: str) -> str:
    """Return the key that is kept; the given one is kept if there is none or only a part of one."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    if kept := development_key.kept(file):
        return kept
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as unfinished:
        unfinished.write(key)
    new.replace(file)
    return key


def _prepare(app: Flask) -> None:
    migrate(app)
    command(app, "setup-link", "--if-needed")


def migrate(app: Flask) -> None:
    """Upgrade the tables, or stop where the owner of the database has to decide."""
    if _needs_upgrade(app.config["CONSOLE"]):
        command(app, "db", "upgrade")


def _needs_upgrade(configuration: Configuration) -> bool:
    status = revisions.status(db.session)
    db.session.remove()
    if status.is_current:
        return False
    is_file = configuration.database_url.get_backend_name() == "sqlite"
    if not is_file and inspect(db.engine).get_table_names():
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


def server(host: str, port: int) -> list[str]:
    """Return the arguments of Python that serve the console as ``docs/install.md`` does."""
    command = ["-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", host, "--port", str(port), "--log-level", "error"]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    return [*command, "--workers-kill-timeout", "5s", "wsgi:app"]


def _serve(host: str, port: int) -> NoReturn:
    command = [sys.executable, *server(host, port)]
    # In its own process group: otherwise Ctrl-C in a terminal also reaches the workers, which then
    # stop while they are being stopped, and often hang.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    _on_end(process.terminate)
    _wait_for_answer(process, host, port)
    displayed = f"[{host}]" if ":" in host else host
    if process.poll() is None:
        print(f"Serving on http://{displayed}:{port} (Ctrl-C stops it).", flush=True)
    raise SystemExit(process.wait())


def _on_end(end: Callable[[], None]) -> None:
    """Call a function at the first signal to end, and ignore the others.

    A second SIGTERM while it handles the first one makes Granian wait for itself for ever; make
    passes on the signal that a whole group of processes has got.
    """
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def once(*_: object) -> None:
        for signum in signals:
            signal.signal(signum, signal.SIG_IGN)
        end()

    for signum in signals:
        signal.signal(signum, once)


def _wait_for_answer(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait until the console answers or has ended."""
    while process.poll() is None:
        connection = HTTPConnection(OF_ALL_INTERFACES.get(host, host), port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


def stop(sentence: str, code: int) -> NoReturn:
    """Print the problem in one line, and exit with the code."""
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
