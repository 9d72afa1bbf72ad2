"""``flask doctor``: checks of an installation."""

from collections.abc import Iterator
from dataclasses import asdict

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import config
from app.cli import output
from app.cli.accounts import second_factors
from app.cli.arguments import json_option
from app.cli.commands import Command
from app.cli.db import compared
from app.cli.findings import attention, names, outside, place
from app.cli.findings.finding import InstallationFinding, Verdict
from app.cli.findings.record import record_problems, record_warnings
from app.cli.findings.rules import rule_warnings
from app.cli.findings.secrets import secret_warnings
from app.cli.search_index import SENTENCES
from app.database import revisions, trigram_index
from app.database.problems import connection_problem
from app.database.revisions import SchemaStatus
from app.database.trigram_index import IndexState
from app.domain import access, integrity, sign_in
from app.domain.phrases import counted, listed
from app.extensions import db

NAMED = 5
_WARNINGS = {
    "names": names.uncopied,
    "lookalikes": names.lookalikes,
    "scripts": names.mixed_scripts,
    "secrets": secret_warnings,
    "rules": rule_warnings,
}


@click.command(cls=Command)
@click.option("--record", is_flag=True, help="Record what was changed outside the console.")
@click.option("--deep", is_flag=True, help="Read everything: the whole record, and all rows.")
@json_option
def doctor(*, record: bool, deep: bool, as_json: bool) -> None:
    """Check this installation and report problems, each with advice.

    The exit code is 1 if something is wrong; warnings do not count.
    """
    is_well = True
    for finding in _findings(record=record, deep=deep):
        if as_json:
            output.write_json([asdict(finding)])
        else:
            output.write(finding.line)
        is_well = is_well and finding.verdict is not Verdict.WRONG
    if not is_well:
        raise click.exceptions.Exit(1)


def _findings(*, record: bool, deep: bool) -> Iterator[InstallationFinding]:
    yield InstallationFinding(Verdict.OK, "version", f"{current_app.config['VERSION']}.")
    yield place.serving()
    yield from place.security_contact()
    try:
        status = revisions.status(db.session)
    except DBAPIError as error:
        yield InstallationFinding(
            Verdict.WRONG, "connection", connection_problem(config.current(), error)
        )
        return
    yield place.connection()
    yield _revision(status)
    if status.is_current:
        yield from place.limits()
        yield place.writing()
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
    found = attention.current()
    for finding in (*found.warnings, *found.good_to_know):
        yield InstallationFinding(Verdict.WARNING, finding.topic, finding.sentence)
    for aside in found.put_aside:
        sentence = f"{aside.finding.title}: put aside by {aside.event.actor_name}."
        yield InstallationFinding(Verdict.OK, aside.finding.topic, sentence)
    if not (found.warnings or found.put_aside or found.good_to_know):
        yield InstallationFinding(Verdict.OK, "attention", "Nothing needs attention.")


def _outside() -> Iterator[InstallationFinding]:
    for sentence in outside.warnings():
        yield InstallationFinding(Verdict.WARNING, "outside", sentence)


def _recorded() -> Iterator[InstallationFinding]:
    for sentence in outside.record():
        yield InstallationFinding(Verdict.OK, "outside", sentence)
