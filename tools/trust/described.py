"""The API as schemathesis finds it: requests made of its description, good and bad ones.

``python -m tools.trust schemathesis [DATABASE ...]``. Schemathesis is no requirement: uv fetches
it, unless the variable SCHEMATHESIS names the program.
"""

import argparse
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.support.databases import Database
from tests.support.servers import Unavailable
from tools.trust import consoles

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
WANTED = "schemathesis>=4.32,<5"
TITLES = {"admin": "administrator", "viewer": "viewer", "": "nobody"}
SEED, EXAMPLES = 1, 50


def main(arguments: list[str]) -> None:
    """Send the requests, as each kind of caller on each database; exit with 1 after a failure."""
    parser = argparse.ArgumentParser(prog="python -m tools.trust schemathesis", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="DATABASE", help=", ".join(consoles.NAMES))
    parser.add_argument("--as", dest="role", choices=list(TITLES), help="one kind of caller only")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="inputs for each request")
    parser.add_argument("--seed", type=int, default=SEED, help="the beginning of the inputs")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    results = [
        _tried(name, role, options)
        for name in options.names or consoles.NAMES
        for role in (TITLES if options.role is None else [options.role])
    ]
    sys.exit(0 if all(results) else 1)


def _tried(name: str, role: str, options: argparse.Namespace) -> bool:
    """Tell whether no check failed, or there is no such database here."""
    print(f"\n{name}, as {TITLES[role]}", flush=True)
    try:
        with consoles.databases(name) as databases, _served(databases.make(name), role) as served:
            url, token = served
            return subprocess.run(_command(url, token, options), check=False).returncode == 0
    except Unavailable as absence:
        print(f"left out: {absence}", file=sys.stderr)
        return True


@contextmanager
def _served(database: Database, role: str) -> Iterator[tuple[str, str]]:
    """Serve a console; give its URL, and the token of somebody with the role, "" for none."""
    with consoles.console(database) as app:
        token = _token(app, role) if role else ""
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}", token
        server.shutdown()


def _token(app: Flask, role: str) -> str:
    """Return the token of a new service account, which no input is likely to name."""
    name = f"{role}-of-the-trial"
    create = ["users", "create", name, f"{name}@example.org", "--service-account", "--role", role]
    app.test_cli_runner().invoke(args=create, catch_exceptions=False)
    printed = app.test_cli_runner().invoke(args=["tokens", "create", name, "trial"])
    return next(word for word in printed.output.split() if word.startswith("rfc_"))


def _command(url: str, token: str, options: argparse.Namespace) -> list[str]:
    program = os.environ.get("SCHEMATHESIS")
    fetched = [sys.executable, "-m", "uv", "tool", "run", "--from", WANTED, "schemathesis"]
    command = [program] if program else fetched
    command += ["--config-file", str(CONFIGURATION), "run", f"{url}/api/v1/openapi.json"]
    command += ["--checks", "all", "--continue-on-failure", "--no-color"]
    command += ["--seed", str(options.seed), "--max-examples", str(options.examples)]
    command += ["--suppress-health-check", "all", "--generation-database", "none"]
    return command + (["--header", f"Authorization: Bearer {token}"] if token else [])
