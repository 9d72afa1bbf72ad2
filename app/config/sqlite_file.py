"""The file of a SQLite database, checked before SQLite opens it."""

import os
from pathlib import Path

from sqlalchemy import URL

from app.config.environment import ConfigurationError, check_printable

MEMORY = ":memory:"


def sqlite_url(name: str, text: str) -> URL:
    """Return the URL of a SQLite file, or of a database in memory."""
    if text == MEMORY:
        return URL.create("sqlite", database=MEMORY)
    check_printable(name, text)
    # Absolute, because Flask-SQLAlchemy would look for a relative path in its instance folder.
    path = Path(os.path.normpath(Path.cwd() / text))
    try:
        problem = _file_problem(path)
    except OSError as error:
        problem = f"cannot be used ({error.strerror})"
    if problem:
        raise ConfigurationError(f"{name}: {path} {problem}.")
    return URL.create("sqlite", database=str(path))


def _file_problem(path: Path) -> str | None:
    """Say what keeps SQLite from using the path, if anything does."""
    # Where the path is a link, SQLite keeps its journal beside the file itself.
    file = Path(os.path.realpath(path))
    if file.is_symlink():
        return "is a link that leads back to itself"
    problem = _problem_of(file)
    return f"links to {file}, which {problem}" if problem and path.is_symlink() else problem


def _problem_of(path: Path) -> str | None:
    """Say what keeps SQLite from using a file that is no link.

    SQLite itself says "unable to open database file" to all of it. It also needs to write to the
    folder, where it keeps its journal.
    """
    if path.is_dir():
        return "is a folder, not a file"
    if not path.parent.is_dir():
        return "is in a folder that does not exist"
    if not os.access(path.parent, os.W_OK, effective_ids=True):
        return "is in a folder that cannot be written to"
    if path.exists() and not path.is_file():
        return "is a device or a pipe, not a file"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK, effective_ids=True):
        return "cannot be written to"
    return None
