"""Connection problems: why there is no connection, in one line, and which variables to look at."""

import re
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, ProgrammingError, SQLAlchemyError

from app.config import Configuration
from app.config.database_url import BY_URL
from app.database.error_codes import codes_of
from app.database.refusals import advice, refusal_of
from app.domain.phrases import listed

_ADDRESS = ("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME", "SQLITE_PATH")


class _Cause(NamedTuple):
    """The meaning of a driver's message, and the variables to check."""

    words: str
    meaning: str
    variables: tuple[str, ...]


# A table, a CHECK or a trigger that somebody has made; MySQL's drivers call these operational.
_OWN_RULES = frozenset({"SQLITE_ERROR", 1644, 3819, 4025})
_ENCODING = re.compile(r"encoding of the database is (\w+)")
_REFUSED = "the server does not accept the user name or the password"
_NOT_FREE = "no connection of the pool came free"
_NOT_SPARE = "the server has no connection to spare"
_NO_WRITES = "no server there takes writes"
_NOT_YET = "the server is starting, stopping or recovering"
_NO_DATABASE = "the file is not a SQLite database"
# For everybody, without naming the database; the others are for operators only.
_SENTENCES = {
    _NOT_FREE: "All connections of the console to the database are in use.",
    _NOT_SPARE: "The database server has no connection to spare.",
    _NO_WRITES: "No server of the database takes changes.",
    _NOT_YET: "The database server is starting, stopping or recovering.",
    _NO_DATABASE: "The file of the database is not a SQLite database.",
}
_CAUSES = (
    _Cause("queuepool limit", _NOT_FREE, ("DB_POOL_SIZE",)),
    _Cause(
        "private key file|could not load certificate file|bad decrypt",
        "the client's certificate or its key cannot be used",
        ("DB_SSLCERT", "DB_SSLKEY"),
    ),
    _Cause(
        "does not support ssl|doesn't support it",
        "the server offers no TLS",
        ("DB_SSLMODE",),
    ),
    _Cause(
        "certificate verify failed|hostname mismatch|does not match host name|root certificate",
        "the server's certificate cannot be trusted",
        ("DB_SSLMODE", "DB_SSLROOTCERT", "DB_HOST"),
    ),
    _Cause(
        r"no pg_hba\.conf entry|insecure transport|require_secure_transport|not allowed to connect",
        "the server does not let this user in from here, or not without TLS",
        ("DB_USER", "DB_NAME", "DB_SSLMODE"),
    ),
    _Cause(
        "to database '|permission denied for database",
        "the user may not use this database",
        ("DB_USER", "DB_NAME"),
    ),
    _Cause(
        "authentication failed|no password supplied|access denied for user",
        _REFUSED,
        ("DB_USER", "DB_PASSWORD"),
    ),
    _Cause('role ".*" does not exist', "the server has no such user", ("DB_USER",)),
    _Cause(
        'database ".*" does not exist|unknown database',
        "the server has no such database",
        ("DB_NAME",),
    ),
    _Cause(
        "too many clients|too many connections|remaining connection slots"
        r"|no more connections allowed|'max_(user_)?connections(_per_hour)?'",
        _NOT_SPARE,
        ("DB_POOL_SIZE", "DB_MAX_OVERFLOW"),
    ),
    _Cause("session is read-only", _NO_WRITES, ("DB_HOST",)),
    _Cause("the database system is |server shutdown in progress", _NOT_YET, ()),
    _Cause(
        r"failed to resolve host|could not translate host|\[errno -\d+\]",
        "the host name is not known",
        ("DB_HOST",),
    ),
    _Cause("no such file or directory", "there is no socket", ("DB_HOST", "DB_PORT")),
    _Cause("connection refused", "nothing listens there", ("DB_HOST", "DB_PORT")),
    _Cause(
        "invalid response to ssl negotiation",
        "what listens there is another kind of server",
        ("DATABASE_PROVIDER", "DB_PORT"),
    ),
    _Cause(
        "timeout expired|timed out|connection reset|unreachable|no route to host",
        "there is no answer",
        ("DB_HOST", "DB_PORT"),
    ),
    _Cause("not a database", _NO_DATABASE, ("SQLITE_PATH",)),
    _Cause(
        "unsupported startup parameter",
        "a pooler such as PgBouncer answers there, and the console was not told",
        ("DB_POOLER",),
    ),
    _Cause(
        _ENCODING.pattern,
        "its encoding is {0}, and the console needs UTF8",
        ("DB_NAME",),
    ),
    _Cause("there is no file", "the file does not exist", ("SQLITE_PATH",)),
    _Cause("unable to open database", "the file cannot be opened", ("SQLITE_PATH",)),
    _Cause("readonly database", "the file cannot be written to", ("SQLITE_PATH",)),
)


def connection_problem(configuration: Configuration, error: Exception) -> str:
    """Say in one line why there is no connection, and which variables to look at.

    Args:
        configuration: What the connection was made from.
        error: What SQLAlchemy or the driver raised.

    Returns:
        A sentence that never holds the password.
    """
    raised = _raised(error)
    if (known := _known(raised)) is not None:
        cause, found = known
        meaning = cause.meaning.format(*found.groups())
        return _sentence(configuration, meaning, cause.variables)
    is_file = configuration.database_url.get_backend_name() == "sqlite"
    variables = _ADDRESS[5:] if is_file else _ADDRESS[:5]
    return _sentence(configuration, _quoted(configuration, raised), variables)


def public_sentence(error: SQLAlchemyError) -> str | None:
    """Say what is wrong with the database without naming it; None where it does not answer."""
    if isinstance(error, DBAPIError) and (found := _ENCODING.search(str(error.orig))) is not None:
        return f"The encoding of the database is {found[1]}, and the console needs UTF8."
    if (refusal := refusal_of(error)) is not None:
        return refusal.sentence
    known = _known(_raised(error)) if _is_of_connection(error) else None
    return _SENTENCES.get(known[0].meaning) if known else None


def is_rejected(error: SQLAlchemyError) -> bool:
    """Tell whether the database has answered that it cannot do this: a table is missing, or so."""
    codes = codes_of(getattr(error, "orig", None))
    return isinstance(error, ProgrammingError) or not codes.isdisjoint(_OWN_RULES)


def log_line(configuration: Configuration, error: SQLAlchemyError) -> str:
    """Say in one line what failed, for the log, without values that a statement has."""
    kind = f"The database answered {type(error).__name__}."
    if _is_of_connection(error):
        told: str | None = connection_problem(configuration, error)
    else:
        told = advice(configuration, error)
    return f"{kind} {told}" if told else kind


def _is_of_connection(error: SQLAlchemyError) -> bool:
    """Tell whether an error is of the connection or the file, not of a statement."""
    # What a statement is refused for may repeat words that somebody has typed.
    raised = getattr(error, "orig", None)
    return not getattr(error, "statement", None) or "SQLITE_NOTADB" in codes_of(raised)


def _raised(error: Exception) -> BaseException:
    """Return what the driver raised, or the error itself."""
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


def _known(raised: BaseException) -> tuple[_Cause, re.Match[str]] | None:
    """Return the cause that an error tells of, with what was found of it."""
    for cause in _CAUSES:
        if (found := re.search(cause.words, str(raised), re.IGNORECASE)) is not None:
            return cause, found
    return None


def _quoted(configuration: Configuration, error: BaseException) -> str:
    """Return the driver's first line, or only the kind of error if that may hold the password."""
    line = next(iter(str(error).splitlines()), "").strip().rstrip(".")
    password = configuration.database_url.password
    if not line or (password and (password in line or repr(password)[1:-1] in line)):
        return f"the driver reports {type(error).__name__}"
    return f"the driver reports {line}"


def _sentence(configuration: Configuration, meaning: str, variables: tuple[str, ...]) -> str:
    is_by_url = configuration.is_by_url
    of_address = {*_ADDRESS, "DATABASE_PROVIDER"}
    names = [BY_URL if is_by_url and name in of_address else name for name in variables]
    check = listed(list(dict.fromkeys(names)), most=len(names))
    advice = f"Check {check}." if names else "Try again, or look at its log."
    hint = _password_hint(configuration) if meaning == _REFUSED else ""
    return f"No connection to {configuration.where}: {meaning}. {advice}{hint}"


def _password_hint(configuration: Configuration) -> str:
    """Say what a password has that its author may not see, such as the line break of a file."""
    password = str(configuration.database_url.password or "")
    if password != password.strip():
        which = "a line break" if password.strip(" \t") != password.strip() else "a space"
        return f" The password begins or ends with {which}, which is taken as a part of it."
    if len(password) > 1 and password[0] == password[-1] and password[0] in "'\"`":
        return " The password stands in quotes, which are taken as a part of it."
    return ""
