"""``flask doctor``: checks of an installation."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import config
from app.cli import output
from app.cli.accounts import second_factors
from app.cli.commands import Command
from app.cli.db import compared
from app.cli.findings import names, outside
from app.cli.findings.record import record_problems, record_warnings
from app.cli.findings.rules import rule_warnings
from app.cli.findings.secrets import secret_warnings
from app.cli.search_index import SENTENCES
from app.config import Configuration, ConfigurationError
from app.database import revisions, trigram_index
from app.database.probe import has_limits, try_writing
from app.database.problems import connection_problem
from app.database.refusals import advice
from app.database.revisions import SchemaStatus
from app.database.trigram_index import IndexState
from app.domain import access, integrity, overview, sign_in
from app.domain.phrases import counted, listed
from app.extensions import db
from app.models.base import utcnow

NAMED = 5
_WARNINGS = {
    "names": names.uncopied,
    "lookalikes": names.lookalikes,
    "scripts": names.mixed_scripts,
    "secrets": secret_warnings,
    "rules": rule_warnings,
}


class Verdict(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class InstallationFinding:
    """The result of one check, with advice where something is wrong."""

    verdict: Verdict
    subject: str
    sentence: str

    @property
    def line(self) -> str:
        """The finding as a line of the output."""
        return f"{self.verdict:<7}  {self.subject}: {output.printable(self.sentence)}"


@click.command(cls=Command)
@click.option("--record", is_flag=True, help="Record what was changed outside the console.")
@click.option("--deep", is_flag=True, help="Read everything: the whole record, and all rows.")
def doctor(*, record: bool, deep: bool) -> None:
    """Check this installation and report problems, each with advice.

    The exit code is 1 if something is wrong; warnings do not count.
    """
    is_well = True
    for finding in _findings(record=record, deep=deep):
        output.write(finding.line)
        is_well = is_well and finding.verdict is not Verdict.WRONG
    if not is_well:
        raise click.exceptions.Exit(1)


def _findings(*, record: bool, deep: bool) -> Iterator[InstallationFinding]:
    yield InstallationFinding(Verdict.OK, "version", f"{current_app.config['VERSION']}.")
    yield _serving()
    try:
        status = revisions.status(db.session)
    except DBAPIError as error:
        yield InstallationFinding(
            Verdict.WRONG, "connection", connection_problem(config.current(), error)
        )
        return
    yield _connection()
    yield _revision(status)
    if status.is_current:
        yield from _limits()
        yield _writing()
        yield _tables()
        yield _administrator()
        yield _passwords()
        for sentence in second_factors.problems():
            yield InstallationFinding(Verdict.WARNING, "second factors", sentence)
        yield from _record()
        yield _search()
        yield from _warnings()
        yield from _attention()
        yield from _recorded() if record else _outside()
        if deep:
            yield from _deep()


def _serving() -> InstallationFinding:
    if config.current().is_development:
        sentence = "Development mode, for this machine only. Elsewhere, leave out CONSOLE_ENV."
        return InstallationFinding(Verdict.OK, "serving", sentence)
    if _serves_by_make_run(config.current()):
        sentence = "By make run or flask run, on this machine only. Nothing is set for production."
        return InstallationFinding(Verdict.WARNING, "serving", sentence)
    try:
        config.check_serving(config.current())
    except ConfigurationError as mistake:
        return InstallationFinding(Verdict.WRONG, "serving", str(mistake))
    return InstallationFinding(Verdict.OK, "serving", f"At {config.current().base_url}.")


def _serves_by_make_run(configuration: Configuration) -> bool:
    """Tell whether ``make run`` has kept a key of its own, and no variable speaks of production."""
    is_silent = configuration.secret_key is None and configuration.base_url is None
    key = Path(current_app.instance_path) / "development-secret-key"
    return is_silent and not configuration.is_environment_named and key.is_file()


def _connection() -> InstallationFinding:
    configuration = config.current()
    user = configuration.database_url.username
    if configuration.is_development or configuration.is_database_named:
        sentence = f"{configuration.where}{f', user {user}' if user else ''}."
        return InstallationFinding(Verdict.OK, "connection", sentence)
    sentence = f"{configuration.where}, because no variable names a database."
    return InstallationFinding(Verdict.WARNING, "connection", sentence)


def _limits() -> Iterator[InstallationFinding]:
    if not has_limits(db.session.connection()):
        sentence = "No limit on time holds: is a pooler in between? Set DB_POOLER=pgbouncer"
        yield InstallationFinding(Verdict.WRONG, "limits", sentence)


def _writing() -> InstallationFinding:
    db.session.rollback()
    try:
        try_writing(db.engine)
    except DBAPIError as error:
        configuration = config.current()
        sentence = advice(configuration, error) or connection_problem(configuration, error)
        return InstallationFinding(Verdict.WRONG, "writing", sentence)
    return InstallationFinding(Verdict.OK, "writing", "The database takes changes.")


def _revision(status: SchemaStatus) -> InstallationFinding:
    verdict = Verdict.OK if status.is_current else Verdict.WRONG
    advice = f" Run: {status.command}" if status.command else ""
    return InstallationFinding(verdict, "revision", f"{status.message}{advice}")


def _tables() -> InstallationFinding:
    found = compared()
    if found is None:
        return InstallationFinding(Verdict.OK, "tables", "The tables match the models.")
    verdict = Verdict.WRONG if found.is_broken else Verdict.WARNING
    return InstallationFinding(verdict, "tables", found.sentence(NAMED))


def _administrator() -> InstallationFinding:
    if access.has_administrator(db.session):
        return InstallationFinding(
            Verdict.OK, "administrator", "At least one administrator can sign in."
        )
    sentence = (
        "No administrator can sign in: nobody with the role admin is active and has a password."
        " Run: flask setup-link"
    )
    return InstallationFinding(Verdict.WRONG, "administrator", sentence)


def _passwords() -> InstallationFinding:
    usernames = list(sign_in.unreadable_passwords(db.session))
    if not usernames:
        return InstallationFinding(Verdict.OK, "passwords", "All stored passwords can be verified.")
    count = counted(len(usernames), "stored password")
    sentence = (
        f"{count} cannot be verified, as neither argon2 nor bcrypt made it:"
        f" {listed(usernames, NAMED)}."
        " These users need a new password: flask users reset-password NAME"
    )
    return InstallationFinding(Verdict.WARNING, "passwords", sentence)


def _record() -> Iterator[InstallationFinding]:
    problems, warnings = list(record_problems()), list(record_warnings())
    for sentence in problems:
        yield InstallationFinding(Verdict.WRONG, "record", sentence)
    for sentence in warnings:
        yield InstallationFinding(Verdict.WARNING, "record", sentence)
    if not problems and not warnings:
        sentence = "The end of the chain of audit events is signed, and triggers protect it."
        yield InstallationFinding(Verdict.OK, "record", sentence)


def _search() -> InstallationFinding:
    state = trigram_index.state(db.session.connection())
    verdict = Verdict.WARNING if state is IndexState.UNFINISHED else Verdict.OK
    return InstallationFinding(verdict, "search", SENTENCES[state])


def _deep() -> Iterator[InstallationFinding]:
    problems = list(integrity.problems(db.session, db.session.rollback))
    for sentence in problems:
        yield InstallationFinding(Verdict.WRONG, "everything", sentence)
    if not problems:
        sentence = "The record is whole, and no row contradicts another."
        yield InstallationFinding(Verdict.OK, "everything", sentence)


def _warnings() -> Iterator[InstallationFinding]:
    for subject, sentences in _WARNINGS.items():
        for sentence in sentences():
            yield InstallationFinding(Verdict.WARNING, subject, sentence)


def _attention() -> Iterator[InstallationFinding]:
    now = utcnow()
    findings = overview.findings(overview.facts(db.session, lambda _: True), now=now)
    found = overview.divide(db.session, findings, now=now)
    for finding in (*found.warnings, *found.good_to_know):
        yield InstallationFinding(Verdict.WARNING, finding.topic, finding.sentence)
    for aside in found.put_aside:
        sentence = f"{aside.finding.title}: put aside by {aside.event.actor_name}."
        yield InstallationFinding(Verdict.OK, aside.finding.topic, sentence)
    if not findings:
        yield InstallationFinding(Verdict.OK, "attention", "Nothing needs attention.")


def _outside() -> Iterator[InstallationFinding]:
    for sentence in outside.warnings():
        yield InstallationFinding(Verdict.WARNING, "outside", sentence)


def _recorded() -> Iterator[InstallationFinding]:
    for sentence in outside.record():
        yield InstallationFinding(Verdict.OK, "outside", sentence)
