"""``flask doctor``: checks of an installation."""

from collections.abc import Callable, Iterator
from dataclasses import asdict

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app.cli import output
from app.cli.accounts import second_factors
from app.cli.arguments import json_option
from app.cli.commands import Command
from app.cli.db import compared
from app.cli.failures import of_database
from app.cli.findings import attention, names, outside, place
from app.cli.findings.checking import checked, sentences
from app.cli.findings.file import whole_file
from app.cli.findings.finding import InstallationFinding, Verdict
from app.cli.findings.record import record_problems, record_warnings
from app.cli.findings.rules import rule_warnings
from app.cli.search_index import SENTENCES
from app.database import revisions, trigram_index
from app.database.revisions import SchemaStatus
from app.database.trigram_index import IndexState
from app.domain import access, integrity, sign_in
from app.domain.phrases import counted, listed
from app.extensions import db

Check = Callable[[], Iterator[InstallationFinding]]
NAMED = 5
_WARNINGS = {
    "names": names.uncopied,
    "lookalikes": names.lookalikes,
    "scripts": names.mixed_scripts,
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
        sentence = of_database(error).format_message()
        yield InstallationFinding(Verdict.WRONG, "connection", sentence)
        return
    yield place.connection()
    yield _revision(status)
    if status.is_current:
        checks = _CHECKS | {"outside": _recorded if record else _outside}
        for subject, check in checks.items():
            yield from checked(subject, check)
        if deep:
            yield from _deep()


def _revision(status: SchemaStatus) -> InstallationFinding:
    verdict = Verdict.OK if status.is_current else Verdict.WRONG
    advice = f" Run: {status.command}" if status.command else ""
    return InstallationFinding(verdict, "revision", f"{status.message}{advice}")


def _tables() -> Iterator[InstallationFinding]:
    found = compared()
    if found is None:
        yield InstallationFinding(Verdict.OK, "tables", "The tables match the models.")
        return
    verdict = Verdict.WRONG if found.is_broken else Verdict.WARNING
    yield InstallationFinding(verdict, "tables", found.sentence(NAMED))


def _administrator() -> Iterator[InstallationFinding]:
    if access.has_administrator(db.session):
        sentence = "At least one administrator can sign in."
        yield InstallationFinding(Verdict.OK, "administrator", sentence)
        return
    sentence = (
        "No administrator can sign in: nobody with the role admin is active and has a password."
        " Run: flask setup-link"
    )
    yield InstallationFinding(Verdict.WRONG, "administrator", sentence)


def _passwords() -> Iterator[InstallationFinding]:
    usernames = list(sign_in.unreadable_passwords(db.session))
    if not usernames:
        yield InstallationFinding(Verdict.OK, "passwords", "All stored passwords can be verified.")
        return
    count = counted(len(usernames), "stored password")
    sentence = (
        f"{count} cannot be verified, as neither argon2 nor bcrypt made it:"
        f" {listed(usernames, NAMED)}."
        " These users need a new password: flask users reset-password NAME"
    )
    yield InstallationFinding(Verdict.WARNING, "passwords", sentence)


def _second_factors() -> Iterator[InstallationFinding]:
    for sentence in second_factors.problems():
        yield InstallationFinding(Verdict.WARNING, "second factors", sentence)


def _record() -> Iterator[InstallationFinding]:
    problems, warnings = list(record_problems()), list(record_warnings())
    for sentence in problems:
        yield InstallationFinding(Verdict.WRONG, "record", sentence)
    for sentence in warnings:
        yield InstallationFinding(Verdict.WARNING, "record", sentence)
    if not problems and not warnings:
        sentence = "The end of the chain of audit events is signed, and triggers protect it."
        yield InstallationFinding(Verdict.OK, "record", sentence)


def _search() -> Iterator[InstallationFinding]:
    state = trigram_index.state(db.session.connection())
    verdict = Verdict.WARNING if state is IndexState.UNFINISHED else Verdict.OK
    yield InstallationFinding(verdict, "search", SENTENCES[state])


def _deep() -> Iterator[InstallationFinding]:
    is_well = True
    for look in (whole_file, *map(_reading, integrity.checks())):
        for finding in sentences(Verdict.WRONG, "everything", look):
            is_well = False
            yield finding
    if is_well:
        sentence = "The record is whole, and no row contradicts another."
        yield InstallationFinding(Verdict.OK, "everything", sentence)


def _reading(check: integrity.Check) -> Callable[[], Iterator[str]]:
    def read() -> Iterator[str]:
        yield from check(db.session, db.session.rollback)
        db.session.rollback()

    return read


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


def _warnings(subject: str, say: Callable[[], Iterator[str]]) -> Check:
    return lambda: (InstallationFinding(Verdict.WARNING, subject, each) for each in say())


_CHECKS: dict[str, Check] = {
    "limits": place.limits,
    "writing": place.writing,
    "tables": _tables,
    "administrator": _administrator,
    "passwords": _passwords,
    "second factors": _second_factors,
    "record": _record,
    "search": _search,
    **{subject: _warnings(subject, say) for subject, say in _WARNINGS.items()},
    "attention": _attention,
}
