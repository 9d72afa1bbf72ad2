"""Virtual environments: one for each console, so that none decides the versions of another."""

import hashlib
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

from bench.places import HOME, ROOT, interpreter

SERVERS = ("gunicorn", "granian")
LOCK = ROOT / "requirements.lock"
POSTGRES = "psycopg[binary]"
PACKAGES = {
    "baseline": ("flask>=3.1,<4", "psycopg-pool", POSTGRES),
    "fab": ("flask-appbuilder>=5,<6", "pillow", POSTGRES),
    "fadmin": ("flask-admin[sqlalchemy]>=2,<3", "flask-login", "flask-sqlalchemy", POSTGRES),
    "dj": ("django>=5.2,<5.3", "django-constance>=4,<5", POSTGRES),
}
CONSOLE = "console"


def ensure(names: Iterable[str]) -> None:
    """Make those environments that are not there, or not as they have to be."""
    for name in sorted(set(names)):
        if name == CONSOLE:
            _ensure_console()
        elif not _has_server(name):
            _make(name)
            _install(name, *PACKAGES[name], *SERVERS)


def _ensure_console() -> None:
    """Install what a deployment installs, and the server that the peers run behind."""
    mark = HOME / "v_console" / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if _has_server(CONSOLE) and mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    _make(CONSOLE)
    _install(CONSOLE, "--require-hashes", "--requirement", str(LOCK))
    _install(CONSOLE, SERVERS[0])
    mark.write_text(wanted, encoding="ascii")


def _has_server(name: str) -> bool:
    return (_folder(name) / "bin" / SERVERS[0]).exists()


def _make(name: str) -> None:
    print(f"Making the environment of {name} ...", flush=True)
    HOME.mkdir(parents=True, exist_ok=True)
    venv.create(_folder(name), with_pip=True)


def _install(name: str, *what: str) -> None:
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check"]
    command = [str(interpreter(name)), "-m", "pip", "install", *quiet, *what]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"Installing {' '.join(what)} failed: what pip says is above.")


def _folder(name: str) -> Path:
    return HOME / f"v_{name}"
