"""What a command ends with when something is not as it should be: one line and an exit code.

1 where a rule refuses, 2 where the configuration or the call is wrong, 3 where there is no
database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DatabaseError, DBAPIError

from app import config
from app.cli.output import printable
from app.database.problems import connection_problem
from app.domain.errors import RuleError
from app.unit_of_work import OutcomeUnknown

# The file, and not the statement, is what SQLite complains of.
_OF_THE_FILE = ("SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOTADB")


class Failure(click.ClickException):
    """A rule says no, or something is not there."""

    def format_message(self) -> str:
        """Return the sentence, on one line whatever was typed into it."""
        return printable(self.message)


class Misuse(Failure):
    """The command was called wrongly."""

    exit_code = 2


class Unreachable(Failure):
    """There is no connection to the database, or none any more."""

    exit_code = 3


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn what is raised within into a sentence and an exit code."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.UsageError as mistake:
        raise Misuse(_with_help(mistake)) from mistake
    except RuleError as refusal:
        raise Failure(str(refusal)) from refusal
    except OutcomeUnknown as unknown:
        raise Unreachable(str(unknown)) from unknown
    except DBAPIError as error:
        raise _of_database(error) from error


def _with_help(mistake: click.UsageError) -> str:
    path = f" See {mistake.ctx.command_path} --help." if mistake.ctx else ""
    return f"{mistake.format_message()}{path}"


def _of_database(error: DBAPIError) -> Failure:
    # Without a statement it was connecting that failed. A file that is none of SQLite's is only
    # found out by the first statement, and is the one case of a bare DatabaseError.
    is_unreachable = (
        error.statement is None
        or error.connection_invalidated
        or type(error) is DatabaseError
        or getattr(error.orig, "sqlite_errorname", "").startswith(_OF_THE_FILE)
    )
    if is_unreachable:
        return Unreachable(connection_problem(config.current(), error))
    line = str(error.orig).partition("\n")[0]
    return Failure(f"The database refused a statement: {line}")
