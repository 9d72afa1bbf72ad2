"""The contents of a database: its rows as a digest, and its audit events in short."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Table, select

from app.domain import audit
from app.models import (
    AuditEvent,
    Base,
    ChainEntry,
    ChainHead,
    DbSession,
    FailedSignIn,
    SignInBudget,
)

# They go with the events, of which some are left out.
UNCOMPARED = {model.__tablename__ for model in (FailedSignIn, SignInBudget, ChainEntry, ChainHead)}
USE = {"last_seen_at", "last_used_at"}
REFUSALS = ("change:refused", "permission:denied")
STARTED = "settings:recorded"


@dataclass(frozen=True)
class Event:
    """An audit event without the moment and the ids."""

    action: str
    actor: str
    target: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str = ""


def events(session: DbSession) -> list[Event]:
    """Return all audit events but the start, which the first save takes, the oldest first."""
    return [
        Event(
            event.action,
            event.actor_name,
            event.target_name,
            audit.fields_of(event.before),
            audit.fields_of(event.after),
            event.reason,
        )
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        if event.action != STARTED
    ]


def recorded(session: DbSession) -> list[AuditEvent]:
    """Return all audit events as they are stored, the newest first."""
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())))


def digests(engine: Engine) -> dict[str, str]:
    """Return a digest of each table.

    Left out is what a request that is refused may write: that a session or a token was in use, and
    the record of the refusal or of the failed sign-in, and that it was charged.
    """
    with engine.connect() as connection:
        return {
            table.name: hashlib.sha256(
                repr([tuple(row) for row in connection.execute(_content(table))]).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOMPARED
        }


def _content(table: Table) -> Any:
    columns = [column for column in table.columns if column.name not in USE]
    query = select(*columns).order_by(*table.primary_key)
    if table.name == AuditEvent.__tablename__:
        query = query.where(table.c.action.not_in(REFUSALS))
    return query
