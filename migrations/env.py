"""Alembic's environment: revisions run on the console's own engine, inside ``flask db``."""

import pkgutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from alembic import context
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from flask import current_app, has_app_context
from sqlalchemy.exc import DBAPIError

from app import models
from app.cli import revision_faults
from app.database import connections, locks, revisions
from app.extensions import db
from app.models import Base
from migrations import comparison, schema

# A model may be in a module that only the program imports that uses it.
for found in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
    import_module(found.name)

TABLES = set(Base.metadata.tables)
WRITING = {"upgrade", "downgrade", "stamp"}
IN_USE = {"55P03", "40P01", 1205, 1213, "SQLITE_BUSY"}

command: str = context.config.attributes.get("command", "upgrade")
options: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "include_name": lambda name, kind, _: comparison.is_compared(name, kind, TABLES),
    "compare_type": True,
    "compare_server_default": comparison.server_default_differs,
    "render_as_batch": True,
    "render_item": comparison.rendered,
    "dont_mutate": command not in WRITING,
}


def run_offline() -> None:
    """Write the statements to standard output; no database is asked."""
    dialect = db.engine.dialect.name
    context.configure(
        url=db.engine.url,
        literal_binds=True,
        transactional_ddl=_has_transactional_ddl(dialect),
        **options,
    )
    if command == "downgrade":
        start, _, target = context.config.attributes["revision"].partition(":")
        _ask_before_downgrade(None, start, target)
    with context.begin_transaction(), schema.mysql_tables(), revision_faults.FaultsInOneLine():
        if dialect == "mysql":
            context.execute("SET time_zone = '+00:00'")
        context.run_migrations()


def run_online() -> None:
    """Run the statements, or ask the database what a command wants to know."""
    if command not in WRITING:
        with _engine_to_read().connect() as connection:
            _run(connection)
        return
    if command != "downgrade":
        _announce_new_file()
    with _engine().connect().execution_options(write=True) as connection:
        setting_up = _sqlite(connection) if connection.dialect.name == "sqlite" else nullcontext()
        with setting_up, _alone(connection):
            _run_until_free(connection)


@contextmanager
def _alone(connection: sa.Connection) -> Iterator[None]:
    try:
        with locks.exclusive(connection):
            yield
    except locks.NoLock as error:
        raise CommandError(str(error)) from error


def _engine() -> sa.Engine:
    is_file = db.engine.dialect.name == "sqlite"
    if is_file:
        return db.engine
    return connections.maintenance_engine(current_app.config["CONSOLE"], locks.TABLE_PATIENCE)


def _engine_to_read() -> sa.Engine:
    """Return the engine of the database; of an empty one instead of a file that is missing."""
    url = db.engine.url
    is_file = url.get_backend_name() == "sqlite"
    is_empty = is_file and connections.is_missing(str(url.database))
    return sa.create_engine("sqlite://") if is_empty else db.engine


def _announce_new_file() -> None:
    """Create the file of a SQLite database, and say so where nobody has named it."""
    configuration = current_app.config["CONSOLE"]
    if connections.create_file(configuration) and not configuration.is_database_named:
        click.echo(
            f"No variable names a database, so this creates the {configuration.where}."
            " For another one, set DATABASE_URL or DATABASE_PROVIDER.",
            err=True,
        )


@contextmanager
def _sqlite(connection: sa.Connection) -> Iterator[None]:
    # A batch change drops the table and makes it anew; with foreign keys enforced, dropping users
    # would empty user_roles. That can be switched off only outside a transaction.
    _outside_transaction(connection, "PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        _outside_transaction(connection, "PRAGMA foreign_keys = ON")


def _run_until_free(connection: sa.Connection) -> None:
    for left in reversed(range(locks.TABLE_TRIES)):
        try:
            _run(connection)
        except DBAPIError as error:
            connection.rollback()
            if not _is_in_use(error):
                raise
            if not left:
                raise CommandError(
                    "A table stayed in use by another program for too long. Run the command again,"
                    " at a quieter moment."
                ) from error
            time.sleep(1)
        else:
            return


def _run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        transactional_ddl=_has_transactional_ddl(connection.dialect.name),
        **options,
    )
    with context.begin_transaction():
        heads = context.get_context().get_current_heads()
        _refuse_wrong_revision(heads)
        if command == "current" and not heads:
            _report_empty()
        if command == "downgrade":
            _ask_before_downgrade(connection, heads, context.config.attributes["revision"])
        if command == "check":
            # Alembic compares none; the command reads them here.
            found = comparison.foreign_collations(connection, TABLES)
            context.config.attributes["collations"] = found
        broken = _broken_references(connection)
        with schema.mysql_tables(), revision_faults.FaultsInOneLine():
            context.run_migrations()
        _refuse_broken(_broken_references(connection) - broken)


def _refuse_wrong_revision(heads: tuple[str, ...]) -> None:
    revisions.known.cache_clear()  # this process may have written a revision since
    for version in heads or (None,):
        status = revisions.status_of(version, Path(context.script.dir))
        if status.state is revisions.SchemaState.UNKNOWN:
            raise CommandError(status.message)
        if command == "check" and not status.is_current:
            raise CommandError(f"{status.message} Run: {status.command}")


def _report_empty() -> None:
    status = revisions.status_of(None)
    where = current_app.config["CONSOLE"].where
    click.echo(f"{where}: {status.message} Run: {status.command}")


def _ask_before_downgrade(
    connection: sa.Connection | None, heads: str | tuple[str, ...], target: str
) -> None:
    # Asked here and not on the way: MySQL would have committed the steps before by then.
    try:
        steps = list(context.script.iterate_revisions(heads, target, select_for_downgrade=True))
    except RevisionError:
        return  # Alembic says what is wrong with the target when it gets there itself.
    for step in steps:
        revision_faults.demand(step.module, "downgrade")
        ask = getattr(step.module, "before_downgrade", None)
        if ask:
            ask(connection)


def _broken_references(connection: sa.Connection) -> Counter[tuple[str, str]]:
    if connection.dialect.name != "sqlite" or command not in WRITING:
        return Counter()
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return Counter((row[0], row[2]) for row in rows)


def _refuse_broken(references: Counter[tuple[str, str]]) -> None:
    for (table, parent), count in references.items():
        raise CommandError(
            f"Afterwards {count} rows of {table} would point at rows of {parent} that are not"
            " there. Nothing was changed."
        )


def _outside_transaction(connection: sa.Connection, statement: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


def _has_transactional_ddl(dialect: str) -> bool:
    # SQLite can, as long as the transaction is begun by the engine and not left to its driver.
    return dialect in {"sqlite", "postgresql"}


def _is_in_use(error: DBAPIError) -> bool:
    cause = error.orig
    codes = {getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None)}
    return bool(IN_USE & (codes | set(cause.args[:1] if cause else ())))


if not has_app_context():
    raise CommandError(
        "Alembic alone does not know the database. Use flask db or python migrate.py, such as:"
        " python migrate.py current"
    )
if context.is_offline_mode():
    run_offline()
else:
    run_online()
