"""The folders of the benchmark, and the variables that choose them."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "bench"

# Not below the checkout: PostgreSQL refuses to run as root, and its own user may not enter there.
HOME = Path(
    os.environ.get("BENCH_HOME") or Path(tempfile.gettempdir()) / "console-bench"
).absolute()
POSTGRES_PORT = int(os.environ.get("BENCH_POSTGRES_PORT") or 7154)
RESULTS = HOME / "results.json"

SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000}
OPERATOR, PASSWORD = "bench", "bench-pass-1"


class Missing(Exception):
    """Something that the benchmark needs is not on this machine; says how to get it."""


def program(name: str, package: str) -> Path:
    """Return a program on the path.

    Raises:
        Missing: It is not there.
    """
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is missing: install it (Debian: apt install {package}).")
    return Path(found)


def postgres_program(name: str) -> Path:
    """Return a program of the newest PostgreSQL that is installed.

    Raises:
        Missing: There is no PostgreSQL.
    """
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(folders, key=lambda path: int(path.parent.name), reverse=True)
    for folder in newest_first:
        if (folder / "initdb").exists() and (folder / name).exists():
            return folder / name
    if shutil.which("initdb"):
        return program(name, "postgresql")
    raise Missing("PostgreSQL is missing: install it (Debian: apt install postgresql).")


def interpreter(venv: str) -> Path:
    """Return the Python of one of the benchmark's virtual environments."""
    return HOME / f"v_{venv}" / "bin" / "python"


def surroundings(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a program, without what is for somebody's own console or Python.

    With ``PYTHONDONTWRITEBYTECODE``, every console would compile itself at each start.
    """
    console = ("DB_", "DATABASE_", "CONSOLE_", "SQLITE_", "FLASK_", "SECRET_KEY", "TRUSTED_")
    own = ("PG", "PYTHON", *console)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return kept | dict(variables)


def demand() -> None:
    """Look for the programs that every run needs.

    Raises:
        Missing: One of them is not there.
    """
    postgres_program("initdb")
    program("wrk", "wrk")
