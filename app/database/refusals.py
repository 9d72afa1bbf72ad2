"""Refusals: what a database does not do for the console, and what its owner can do about it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError, StatementError

from app.config import Configuration
from app.database.error_codes import LOCKED, TOO_SLOW, codes_of

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_OF_MYSQL = re.compile(r"(?P<command>\w[\w ]*) command denied to user '(?P<user>[^']*)'@")
_OF_POSTGRESQL = re.compile(
    r"(?P<problem>permission denied for|must be owner of) (?P<kind>\w+) (?P<name>.+)"
)

# Without a statement these tell of the connection; the others may come with COMMIT.
_WHILE_CONNECTING = {"SQLITE_CANTOPEN", "42501", 1044}

Cure = Callable[[Configuration, str], str]


class Refusal(NamedTuple):
    """A refusal.

    Attributes:
        sentence: What the database does not do, for everybody.
        cure: What its owner can do about it, for operators.
    """

    sentence: str
    cure: Cure


class _Kind(NamedTuple):
    """Refusals of one kind, with the codes that the databases have for them."""

    refusal: Refusal
    codes: frozenset[str | int]
    words: str = ""  # that the message has besides; what it is known by where there is no code


def refusal_of(error: SQLAlchemyError) -> Refusal | None:
    """Return the refusal that an error tells of, if it tells of one."""
    if not isinstance(error, StatementError) or error.orig is None:
        return None
    raised = error.orig
    codes = codes_of(raised)
    if not error.statement:
        codes -= _WHILE_CONNECTING
    for kind in _KINDS:
        if (codes & kind.codes or not kind.codes) and re.search(
            kind.words, str(raised), re.IGNORECASE
        ):
            return kind.refusal
    return None


def advice(configuration: Configuration, error: SQLAlchemyError) -> str | None:
    """Return a refusal in one line, with the database and the cure; None for another error."""
    refusal = refusal_of(error)
    if refusal is None or not isinstance(error, StatementError):
        return None
    line = str(error.orig).partition("\n")[0]
    return f"{configuration.where}: {refusal.sentence} {refusal.cure(configuration, line)}"


def _about_writing(configuration: Configuration, _line: str) -> str:
    if configuration.database_url.get_backend_name() == "sqlite":
        return "Let the console's user write to the file and to its folder."
    return "Name the primary server, or end its read-only mode."


def _about_room(_configuration: Configuration, line: str) -> str:
    return f"Make room, or raise the quota. The database says: {line}"


def _about_rights(configuration: Configuration, line: str) -> str:
    if (found := _OF_MYSQL.search(line)) is not None:
        database = configuration.database_url.database
        return (
            f"{found['command']} is denied. With the host that its account has, run:"
            f" GRANT ALL ON `{database}`.* TO '{found['user']}'@'%'"
        )
    if (found := _OF_POSTGRESQL.search(line)) is not None:
        return f"{found[0]}. {_grant(configuration, found['kind'], found['name'])}"
    return f"Ask its owner for it. The database says: {line}"


def _grant(configuration: Configuration, kind: str, name: str) -> str:
    user = _quoted(str(configuration.database_url.username))
    if kind == "schema":
        database = _quoted(str(configuration.database_url.database))
        return (
            f"Make {user} the owner (ALTER DATABASE {database} OWNER TO {user}),"
            f" or run there: GRANT USAGE, CREATE ON SCHEMA {_quoted(name)} TO {user}"
        )
    if kind in {"table", "relation", "view"}:
        return (
            f"Make {user} the owner (ALTER TABLE {_quoted(name)} OWNER TO {user}), or run:"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {user}"
        )
    if kind == "sequence":
        return f"Run: GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}"
    return f"Grant it to {user}."


def _about_clusters(_configuration: Configuration, _line: str) -> str:
    return "Start the nodes that are missing, or use one of the others."


def _about_schemas(configuration: Configuration, _line: str) -> str:
    user = _quoted(str(configuration.database_url.username))
    return f"Run: CREATE SCHEMA public AUTHORIZATION {user}, or set the search_path of {user}."


def _about_pages(_configuration: Configuration, line: str) -> str:
    return f"Use a server whose innodb_page_size is 16k or more. The database says: {line}"


def _about_rows(_configuration: Configuration, _line: str) -> str:
    return "Correct the row with the program that wrote it."


def _about_poolers(_configuration: Configuration, _line: str) -> str:
    return "Set DB_POOLER=pgbouncer."


def _about_damage(configuration: Configuration, line: str) -> str:
    if configuration.database_url.get_backend_name() == "sqlite":
        return "Stop the console, and restore the file from a backup: docs/backup.md"
    return f"Restore a backup: docs/backup.md. The database says: {line}"


def _about_waiting(_configuration: Configuration, line: str) -> str:
    return f"Try again, or end the other program. The database says: {line}"


def _about_time(_configuration: Configuration, line: str) -> str:
    return f"Try again later, or raise DB_STATEMENT_TIMEOUT. The database says: {line}"


def _quoted(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'


_KINDS = (
    _Kind(
        Refusal(
            "The database was busy for too long: another program keeps what is needed locked.",
            _about_waiting,
        ),
        LOCKED,
    ),
    _Kind(
        Refusal(
            "The database took too long: it has much to do, or another program keeps what is needed"
            " locked.",
            _about_time,
        ),
        TOO_SLOW,
    ),
    _Kind(
        Refusal("The database is read-only and takes no changes.", _about_writing),
        frozenset({"25006", 1036, 1792, 1836, 1881, "SQLITE_READONLY", "SQLITE_CANTOPEN"}),
    ),
    _Kind(
        Refusal("The database is read-only and takes no changes.", _about_writing),
        frozenset({1290}),
        "read.only",
    ),
    _Kind(
        Refusal("The database has no room: its disk is full, or a quota is used up.", _about_room),
        frozenset({"53100", "53400", 3, 1021, 1026, 1114, "SQLITE_FULL", "SQLITE_IOERR"}),
    ),
    _Kind(
        Refusal("The database has no room: its disk is full, or a quota is used up.", _about_room),
        frozenset({1226}),
        "'max_(questions|queries|updates)",
    ),
    _Kind(
        Refusal("The database has no room: its disk is full, or a quota is used up.", _about_room),
        frozenset({1030}),
        r"error (28|122)\b",
    ),
    _Kind(
        Refusal("The database is damaged: it cannot read all that it has stored.", _about_damage),
        frozenset({"XX001", "XX002", 1034, 1194, 1195, 1712, "SQLITE_CORRUPT"}),
    ),
    _Kind(
        Refusal("The database server is cut off from its cluster.", _about_clusters),
        frozenset({1047}),
    ),
    _Kind(
        Refusal("The database does not give its user a right that this needs.", _about_rights),
        frozenset({"42501", 1044, 1142, 1143, 1227, 1370, "SQLITE_AUTH", "SQLITE_PERM"}),
    ),
    _Kind(Refusal("The database has no schema for tables.", _about_schemas), frozenset({"3F000"})),
    _Kind(
        Refusal("The server's pages are too small for the indexes.", _about_pages),
        frozenset({1071, 1709}),
    ),
    _Kind(
        Refusal("A pooler is between the console and the database.", _about_poolers),
        frozenset({"42P05", "26000"}),
    ),
    _Kind(
        Refusal("A row of the database holds text that is not UTF-8.", _about_rows),
        frozenset(),
        "^could not decode to utf-8",
    ),
    _Kind(
        Refusal("A row of the database holds a time that cannot be read.", _about_rows),
        frozenset(),
        "^could not read a time",
    ),
)
