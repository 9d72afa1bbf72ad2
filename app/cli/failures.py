"""Failures of commands: one line and an exit code.

1 if a rule refuses, 2 if the configuration or the call is wrong, 3 if the database cannot be
reached, or takes no changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError

from app import config
from app.cli.output import printable
from app.database.error_codes import codes_of
from app.database.problems import connection_problem
from app.database.refusals import advice
from app.database.revisions import BrokenRevisions
from app.domain.errors import RuleError
from app.unit_of_work import OutcomeUnknown

# Errors of SQLite that concern the file, not the statement.
_OF_THE_FILE = frozenset({"SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOTADB"})


class Failure(click.ClickException):
    """A rule refuses, or something does not exist."""

    def format_message(self) -> str:
        """Return the sentence on one line, whatever text it contains."""
        return printable(self.message)


class Misuse(Failure):
    """The command was called with wrong arguments or options."""

    exit_code = 2


class Unreachable(Failure):
    """The database cannot be reached, or the connection was lost."""

    exit_code = 3


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn errors that are raised within into a sentence and an exit code."""
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
    except BrokenRevisions as error:
        raise Failure(str(error)) from error
    except SQLAlchemyError as error:
        raise of_database(error) from error


def _with_help(mistake: click.UsageError) -> str:
    path = f" See {mistake.ctx.command_path} --help." if mistake.ctx else ""
    return f"{mistake.format_message()}{path}"


def of_database(error: SQLAlchemyError) -> Failure:
    """Return the failure that an error of the database is, in one line."""
    if (line := advice(config.current(), error)) is not None:
        return Unreachable(line)
    if not isinstance(error, DBAPIError):
        return Failure(f"The database could not be used: {str(error).partition(chr(10))[0]}")
    # Without a statement, connecting has failed. A file that is not a SQLite database is noticed by
    # the first statement only, and is the one case of a bare DatabaseError.
    is_unreachable = (
        error.statement is None
        or error.connection_invalidated
        or type(error) is DatabaseError
        or not codes_of(error.orig).isdisjoint(_OF_THE_FILE)
    )
    if is_unreachable:
        return Unreachable(connection_problem(config.current(), error))
    line, statement = (
        str(words).strip().partition("\n")[0] for words in (error.orig, error.statement)
    )
    return Failure(f"The database rejected a statement: {line} It began with: {statement[:60]}")
