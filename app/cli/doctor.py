"""``flask doctor``: what is right and what is wrong with an installation."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import config
from app.cli import output
from app.cli.commands import Command
from app.cli.db import drift
from app.cli.search_index import SENTENCES
from app.config import ConfigurationError
from app.database import revisions, trigram_index
from app.database.problems import connection_problem
from app.database.revisions import Standing
from app.database.trigram_index import State
from app.domain import access, overview, sign_in
from app.domain.phrases import listed
from app.extensions import db
from app.models.base import utcnow

NAMED = 5


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, what there is to say of it, and what to do."""

    verdict: Verdict
    subject: str
    sentence: str

    @property
    def line(self) -> str:
        """The finding as it is written."""
        return f"{self.verdict:<7}  {self.subject}: {output.printable(self.sentence)}"


@click.command(cls=Command)
def doctor() -> None:
    """Say of each part of this installation whether it is right, and what to do where it is not.

    Exit code 1 where something is wrong; a warning is nothing wrong.
    """
    is_well = True
    for finding in _findings():
        output.write(finding.line)
        is_well = is_well and finding.verdict is not Verdict.WRONG
    if not is_well:
        raise click.exceptions.Exit(1)


def _findings() -> Iterator[Finding]:
    yield Finding(Verdict.OK, "version", f"{current_app.config['VERSION']}.")
    yield _serving()
    try:
        standing = revisions.standing(revisions.stored(db.session.connection()))
    except DBAPIError as error:
        yield Finding(Verdict.WRONG, "connection", connection_problem(config.current(), error))
        return
    yield Finding(Verdict.OK, "connection", f"{config.current().where}.")
    yield _revision(standing)
    if standing.is_current:
        yield _tables()
        yield _administrator()
        yield _passwords()
        yield _search()
        yield from _attention()


def _serving() -> Finding:
    if config.current().is_development:
        sentence = "Development mode, for this machine alone. Leave CONSOLE_ENV out elsewhere."
        return Finding(Verdict.OK, "serving", sentence)
    try:
        config.check_serving(config.current())
    except ConfigurationError as mistake:
        return Finding(Verdict.WRONG, "serving", str(mistake))
    return Finding(Verdict.OK, "serving", f"At {config.current().base_url}.")


def _revision(standing: Standing) -> Finding:
    verdict = Verdict.OK if standing.is_current else Verdict.WRONG
    advice = f" Run: {standing.command}" if standing.command else ""
    return Finding(verdict, "revision", f"{standing.sentence}{advice}")


def _tables() -> Finding:
    found = drift()
    if found:
        return Finding(Verdict.WRONG, "tables", found)
    return Finding(Verdict.OK, "tables", "They are as the models say.")


def _administrator() -> Finding:
    if access.has_administrator(db.session):
        return Finding(Verdict.OK, "administrator", "There is one who can sign in.")
    sentence = (
        "There is none: nobody is active, holds the role admin and has a password."
        " Run: flask setup-link"
    )
    return Finding(Verdict.WRONG, "administrator", sentence)


def _passwords() -> Finding:
    names = list(sign_in.unreadable_passwords(db.session))
    if not names:
        return Finding(Verdict.OK, "passwords", "All stored passwords can be verified.")
    sentence = (
        f"The passwords of {listed(names, NAMED)} cannot be verified: they are not argon2 hashes."
        " These users need a new password: flask users reset-password NAME"
    )
    return Finding(Verdict.WARNING, "passwords", sentence)


def _search() -> Finding:
    state = trigram_index.state(db.session.connection())
    verdict = Verdict.WARNING if state is State.UNFINISHED else Verdict.OK
    return Finding(verdict, "search", SENTENCES[state])


def _attention() -> Iterator[Finding]:
    known = overview.facts(db.session, lambda _code: True)
    found = overview.findings(known, now=utcnow())
    for finding in found:
        yield Finding(Verdict.WARNING, finding.topic, finding.sentence)
    if not found:
        yield Finding(Verdict.OK, "attention", "Nothing in the console needs it.")
