"""Checks of ``flask doctor`` that go on with the next one where the database refuses something."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy.exc import DBAPIError

from app.cli.failures import Unreachable, of_database
from app.cli.findings.finding import InstallationFinding, Verdict
from app.database.refusals import refusal_of
from app.extensions import db


def checked(
    subject: str, check: Callable[[], Iterable[InstallationFinding]]
) -> Iterator[InstallationFinding]:
    """Yield the findings of a check, and one if the database does not let it finish.

    Args:
        subject: The subject of that finding.
        check: The check.

    Raises:
        DBAPIError: The database cannot be reached any more, so no other check could be made.
    """
    try:
        yield from check()
    except DBAPIError as error:
        failure = of_database(error)
        if isinstance(failure, Unreachable) and refusal_of(error) is None:
            raise
        db.session.rollback()
        sentence = f"Not checked to the end. {failure.format_message()}"
        yield InstallationFinding(Verdict.WRONG, subject, sentence)


def sentences(
    verdict: Verdict, subject: str, say: Callable[[], Iterable[str]]
) -> Iterator[InstallationFinding]:
    """Yield what a check says as findings; see `checked`."""
    yield from checked(
        subject, lambda: (InstallationFinding(verdict, subject, sentence) for sentence in say())
    )
