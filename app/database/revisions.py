"""The revisions that the console knows, and the status of a database at one of them.

The files are read as text: every page asks, and Alembic costs a worker time and memory that only
the commands should pay.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.database.connections import MissingFile
from app.models import DbSession

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
UPGRADE = "flask db upgrade"

_VERSION = table("alembic_version", column("version_num"))
_ASSIGNMENT = re.compile(r"^(revision|down_revision)\b[^=\n]*=(.*)$", re.MULTILINE)
_QUOTED = re.compile(r"""["']([^"']+)["']""")


class BrokenRevisions(LookupError):
    """The files of the revisions do not make a chain; the sentence says where."""


class SchemaState(StrEnum):
    """A database compared with this version of the console."""

    CURRENT = "current"
    BEHIND = "behind"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SchemaStatus:
    """The status of a database, with its message.

    Attributes:
        state: The database compared with this version of the console.
        message: The same in words.
        command: What to run to go on; None where no command helps.
    """

    state: SchemaState
    message: str
    command: str | None = None

    @property
    def is_current(self) -> bool:
        """Tell whether the console can work with the database."""
        return self.state is SchemaState.CURRENT


@cache
def known(migrations: Path = MIGRATIONS) -> tuple[str, ...]:
    """Return the ids of all revisions, the oldest first."""
    return tuple(_in_order(dict(_read(path) for path in _files(migrations))))


def head(migrations: Path = MIGRATIONS) -> str:
    """Return the id of the newest revision."""
    return known(migrations)[-1]


def status(session: DbSession) -> SchemaStatus:
    """Return the status of a session's database; a SQLite file that is missing is empty."""
    try:
        return status_of(stored(session.connection()))
    except OperationalError as error:
        if not isinstance(error.orig, MissingFile):
            raise
        return status_of(None)


def status_after_fault(session: DbSession) -> SchemaStatus | None:
    """Return the status of the schema if it may be why a statement failed, such as of no table."""
    try:
        session.rollback()
        found = status(session)
        session.rollback()
    except SQLAlchemyError:
        return None
    return None if found.is_current else found


def stored(connection: Connection) -> str | None:
    """Return the revision that a database is at; None when it has none."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    versions = connection.scalars(select(_VERSION.c.version_num)).all()
    return ", ".join(sorted(versions)) or None


def status_of(version: str | None, migrations: Path = MIGRATIONS) -> SchemaStatus:
    """Return the status of a database at ``version``.

    Args:
        version: What ``alembic_version`` holds; None without that table or row.
        migrations: The folder with the revisions.
    """
    newest = head(migrations)
    if version is None:
        return SchemaStatus(
            SchemaState.EMPTY, "The database has no tables of the console yet.", UPGRADE
        )
    if version == newest:
        return SchemaStatus(
            SchemaState.CURRENT, f"The database is at the newest revision, {newest}."
        )
    if version in known(migrations):
        return SchemaStatus(
            SchemaState.BEHIND,
            f"The database is at revision {version}, and the console needs {newest}.",
            UPGRADE,
        )
    return SchemaStatus(
        SchemaState.UNKNOWN,
        f"The database is at revision {version}, which this version of the console does not know."
        " It is left as it is.",
    )


def _files(migrations: Path) -> list[Path]:
    return sorted((migrations / "versions").glob("[!_]*.py"))


def _read(path: Path) -> tuple[str, list[str]]:
    found = {
        name: _QUOTED.findall(value)
        for name, value in _ASSIGNMENT.findall(path.read_text(encoding="utf-8"))
    }
    if not found.get("revision") or "down_revision" not in found:
        raise BrokenRevisions(f"{path.name} does not say its revision and down_revision.")
    return found["revision"][0], found["down_revision"]


def _in_order(previous: dict[str, list[str]]) -> list[str]:
    ordered: list[str] = []
    while len(ordered) < len(previous):
        following = [
            revision
            for revision, before in previous.items()
            if revision not in ordered and set(before) <= set(ordered)
        ]
        if not following:
            raise BrokenRevisions(f"No revision leads to {min(previous.keys() - set(ordered))}.")
        ordered += following
    return ordered
