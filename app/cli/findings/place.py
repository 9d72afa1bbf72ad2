"""Findings of ``flask doctor`` about where the console runs, and what it can reach."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import config
from app.cli.failures import of_database
from app.cli.findings.finding import InstallationFinding, Verdict
from app.config import Configuration, ConfigurationError, development_key
from app.database.probe import has_limits, try_writing
from app.extensions import db
from app.models.base import utcnow

EXPIRES_SOON = timedelta(days=30)


def serving() -> InstallationFinding:
    """Tell whether the console could serve as it is configured."""
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


def connection() -> InstallationFinding:
    """Name the database."""
    configuration = config.current()
    user = configuration.database_url.username
    if configuration.is_development or configuration.is_database_named:
        sentence = f"{configuration.where}{f', user {user}' if user else ''}."
        return InstallationFinding(Verdict.OK, "connection", sentence)
    sentence = f"{configuration.where}, because no variable names a database."
    return InstallationFinding(Verdict.WARNING, "connection", sentence)


def security_contact() -> Iterator[InstallationFinding]:
    """Yield whether the contact for weaknesses is still good, if there is one."""
    contact, subject = config.current().security_contact, "security contact"
    if contact is None:
        return
    now, day = utcnow(), f"{contact.expires:%Y-%m-%d}"
    advice = "Check the addresses of SECURITY_CONTACT, and set a later SECURITY_CONTACT_EXPIRES."
    if contact.is_expired(now):
        sentence = f"It expired on {day}, so /.well-known/security.txt is not served. {advice}"
        yield InstallationFinding(Verdict.WRONG, subject, sentence)
    elif contact.is_expired(now + EXPIRES_SOON):
        sentence = f"It expires on {day}; then /.well-known/security.txt is not served. {advice}"
        yield InstallationFinding(Verdict.WARNING, subject, sentence)
    else:
        yield InstallationFinding(Verdict.OK, subject, f"Good until {day}.")


def limits() -> Iterator[InstallationFinding]:
    """Yield a finding if limits on time do not hold."""
    if not has_limits(db.session.connection()):
        sentence = "No limit on time holds: is a pooler in between? Set DB_POOLER=pgbouncer"
        yield InstallationFinding(Verdict.WRONG, "limits", sentence)


def writing() -> Iterator[InstallationFinding]:
    """Yield whether the database takes changes."""
    db.session.rollback()
    try:
        try_writing(db.engine)
    except DBAPIError as error:
        sentence = of_database(error).format_message()
        yield InstallationFinding(Verdict.WRONG, "writing", sentence)
        return
    yield InstallationFinding(Verdict.OK, "writing", "The database takes changes.")


def _serves_by_make_run(configuration: Configuration) -> bool:
    """Tell whether ``make run`` has kept a key of its own, and no variable speaks of production."""
    is_silent = configuration.secret_key is None and configuration.base_url is None
    key = Path(current_app.instance_path) / development_key.FILE.name
    return is_silent and not configuration.is_environment_named and key.is_file()
