"""Consoles for the trials: a database of their own, settings to save, and processes that save."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.domain import audit, integrity, settings
from app.domain.actor import Actor, ActorKind
from app.domain.audit import BrokenChain
from app.domain.settings import BulkSettingEdit, SettingEdit
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent, ChainEntry
from app.unit_of_work import carry_out
from tests.support import servers
from tests.support.databases import Database, Databases, close

ACTOR = Actor(ActorKind.COMMAND, "os:trust")
NAMES = ("sqlite", *servers.NAMES)
# Its memory is copied: what the console imports is imported once.
PROCESSES = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Outcome:
    """A row of the table: what was tried, what came out, and whether it is as promised."""

    trial: str
    result: str
    is_kept: bool


@contextmanager
def databases(name: str) -> Iterator[Databases]:
    """Databases on one kind of server, which is started if need be and stopped in the end."""
    running = {} if name == "sqlite" else {name: servers.find(name)}
    made = Databases(running)
    try:
        yield made
    finally:
        made.drop_all()
        for server in running.values():
            server.stop()


@contextmanager
def console(database: Database) -> Iterator[Flask]:
    """A console on a database at the newest revision, in its context."""
    app = create_app(database.environ)
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context():
        yield app
        db.session.remove()
    close(app)


def add_settings(count: int) -> list[int]:
    """Add settings that hold 0; return their ids."""
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    rows = [
        ApplicationSetting(key=f"number_{number}", value="0", data_type="integer")
        for number in range(count)
    ]
    db.session.add_all(rows)
    db.session.commit()
    ids = [row.id for row in rows]
    db.session.rollback()
    return ids


def save(setting_ids: list[int], text: str) -> None:
    """Give all these settings one value, as one save."""
    rows = [settings.get(db.session, setting_id) for setting_id in setting_ids]
    edits = {row.id: SettingEdit(text, settings.etag_of(row)) for row in rows}
    carry_out(
        lambda: settings.change_many(db.session, BulkSettingEdit(edits), actor=ACTOR), actor=ACTOR
    )


def started(work: Callable[..., None], database: Database, *arguments: Any) -> Any:
    """Return a process that does some work with a console of its own."""
    process = PROCESSES.Process(target=_work, args=(work, database, arguments))
    process.start()
    return process


def chain_fault() -> str:
    """Verify the chain and whatever else must hold; return what is wrong, or ""."""
    try:
        verified = audit.verify(db.session, release=db.session.rollback)
    except BrokenChain as fault:
        return str(fault)
    events = count_events()
    entries = db.session.scalar(select(func.count()).select_from(ChainEntry))
    db.session.rollback()
    if not verified.events == events == entries:
        return f"{events} events, {entries} entries"
    # In the trials, no other program writes.
    looks = (integrity.problems, integrity.left_by_others)
    faults = (fault for look in looks for fault in look(db.session, db.session.rollback))
    try:
        return next(faults, "")
    finally:
        # A look that found something has not ended.
        db.session.rollback()


def count_events() -> int:
    """Return the number of events."""
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def seconds_since(start: float) -> str:
    """Return the time since a moment of `time.monotonic`, in words."""
    return f"{time.monotonic() - start:.1f} s"


def _work(work: Callable[..., None], database: Database, arguments: tuple[Any, ...]) -> None:
    with create_app(database.environ).app_context():
        work(*arguments)
