"""``flask db``: the commands of Flask-Migrate, adapted to this project.

Flask-Migrate imports Alembic, so this module is imported by the commands only (``LazyCommand``).
"""

import copy
import logging
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click
import flask_migrate.cli
from alembic.config import Config
from flask import Flask, current_app, g
from flask.cli import with_appcontext
from flask_migrate import Migrate

from app import extensions
from app.cli import audit, drift, name_copies
from app.cli.drift import Drift
from app.cli.failures import Failure, in_one_line
from app.cli.revision_faults import FaultsInOneLine
from app.database import revisions
from app.database.revisions import MIGRATIONS

LONGEST_ID = 32  # the width of the column in alembic_version

_NUMBER = re.compile(r"\d+(?=_|$)")

Callback = Callable[..., Any]


class DatabaseCommands(click.Group):
    """A group whose commands report a database error in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a database error becomes one line and an exit code."""
        with in_one_line(), FaultsInOneLine():
            return super().invoke(ctx)


@click.group(cls=DatabaseCommands)
@click.option("-d", "--directory", help="The folder with the revisions.")
@click.option("-x", "--x-arg", multiple=True, help="An argument for revisions, such as name=value.")
@with_appcontext
def db(directory: str | None, x_arg: tuple[str, ...]) -> None:
    """Upgrade the database and write revisions."""
    attach(current_app)
    revisions.known.cache_clear()
    revisions.known(Path(directory or MIGRATIONS))  # Alembic would end in a traceback.
    g.directory = directory
    g.x_arg = x_arg


def attach(app: Flask) -> None:
    """Set up Flask-Migrate for an application, when a command first needs it."""
    if "migrate" in app.extensions:
        return
    migrate = Migrate(app, extensions.db, directory=str(MIGRATIONS))
    migrate.configure(_pass_on_command)
    app.cli.add_command(db)  # Migrate has added its own group under this name.


def compared(directory: str | None = None) -> Drift | None:
    """Return the differences between the tables and the models; None if there are none.

    Needs an application context.
    """
    attach(current_app)
    return drift.compare(current_app.extensions["migrate"].migrate.get_config(directory))


def _check(directory: str | None) -> None:
    found = compared(directory or g.directory)
    if found and found.is_broken:
        raise Failure(found.sentence())
    click.echo(found.sentence() if found else "The tables match the models.")


def _pass_on_command(config: Config) -> Config:
    config.stdout = sys.stdout  # Alembic keeps the one from its import.
    # env.py takes the lock for commands that write, and checks before it downgrades.
    running = click.get_current_context(silent=True)
    if running and running.command in db.commands.values():
        config.attributes["command"] = running.info_name
        config.attributes["revision"] = running.params.get("revision")
    return config


def _next_id(message: str, migrations: Path) -> str:
    """Return the id of a new revision: the next number and the words of the message."""
    files = (migrations / "versions").glob("*.py")
    numbers = [int(match[0]) for path in files if (match := _NUMBER.match(path.stem))]
    plain = unicodedata.normalize("NFKD", message.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    while words and words[0].isdecimal():  # a number in the message
        words.pop(0)
    if not words:
        raise click.UsageError("Describe the change in a few words: -m 'add user profile table'.")
    identifier = f"{max(numbers, default=0) + 1:03}_{words[0]}"[:LONGEST_ID]
    for word in words[1:]:
        if len(identifier) + 1 + len(word) > LONGEST_ID:
            break
        identifier += f"_{word}"
    return identifier


def _numbered(callback: Callback) -> Callback:
    def run(**values: Any) -> None:
        folder = Path(values["directory"] or g.directory or MIGRATIONS)
        values["rev_id"] = values["rev_id"] or _next_id(values["message"] or "", folder)
        callback(**values)

    return run


def _on_request(callback: Callback) -> Callback:
    def run(*, autogenerate: bool, **values: Any) -> None:
        if not autogenerate:
            raise Failure(
                "Revisions are written by hand here: flask db revision -m '...' creates an empty"
                " one. To draft one from the models: flask db migrate --autogenerate -m '...';"
                " review it before you use it."
            )
        callback(**values)

    return run


def _with_names(callback: Callback) -> Callback:
    """Copy the names of users after an upgrade: it may be the first one that can."""

    def run(**values: Any) -> None:
        callback(**values)
        if not values["sql"] and _is_at_head():
            name_copies.copy_all()
            audit.cover_earlier_events()

    return run


def _is_at_head() -> bool:
    connection = extensions.db.session.connection()
    return revisions.status_of(revisions.stored(connection)).is_current


def _adapt() -> None:
    for name, original in flask_migrate.cli.db.commands.items():
        if name not in {"init", "list-templates"}:
            db.add_command(copy.copy(original))
    # Otherwise "-1" would be read as an option.
    db.commands["downgrade"].context_settings = {"ignore_unknown_options": True}
    for name, adapted in (
        ("revision", _numbered),
        ("migrate", _numbered),
        ("migrate", _on_request),
        ("upgrade", _with_names),
    ):
        db.commands[name].callback = adapted(cast("Callback", db.commands[name].callback))
    db.commands["check"].callback = _check
    ask = click.Option(["--autogenerate"], is_flag=True, help="Draft the revision from the models.")
    db.commands["migrate"].params = [*db.commands["migrate"].params, ask]


class _ProgressReport(logging.Handler):
    """Writes the steps and warnings of Alembic to standard error."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_step = record.getMessage().startswith("Running")
        return is_step or record.levelno >= logging.WARNING

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def _report_progress() -> None:
    for name in ("alembic", "flask_migrate"):
        logger = logging.getLogger(name)
        logger.addHandler(_ProgressReport())
        logger.setLevel(logging.INFO)
        logger.propagate = False


_adapt()
_report_progress()
