"""Audit events: written in the transaction of the change they tell of, and read back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from app.domain.actor import Actor
from app.domain.target import Target
from app.models import AuditEvent, DbSession
from app.models.base import utcnow

Fields = Mapping[str, Any]
MAX_NAME = 255
_INSERT = insert(AuditEvent)


@dataclass(frozen=True)
class Change:
    """One of the things that a save did; see `record` for what the fields hold."""

    action: str
    before: Fields | None = None
    after: Fields | None = None


def new_save() -> str:
    """Return an id for the events of one save."""
    return str(uuid4())


def record(  # noqa: PLR0913 - an event has this many parts
    session: DbSession,
    action: str,
    target: Target,
    *,
    actor: Actor,
    before: Fields | None = None,
    after: Fields | None = None,
    reason: str = "",
    save_id: str | None = None,
) -> AuditEvent:
    """Add an event to the running transaction, so that it stands or falls with the change.

    Args:
        session: The database session; the caller commits it.
        action: What was done, in the past tense: ``setting:changed``.
        target: What it was done to.
        actor: Who did it.
        before: The changed fields as they were; never a secret.
        after: The changed fields as they are now; never a secret.
        reason: Why, in the actor's words.
        save_id: Ties the events of one save together.

    Returns:
        The event as it was written; the session knows nothing of it.
    """
    said = {"reason": reason, "save_id": save_id or new_save(), "at": utcnow()}
    row = _columns(Change(action, before, after), target, actor) | said
    key = session.connection().execute(_INSERT, row).inserted_primary_key
    return AuditEvent(id=key[0] if key else None, **row)


def record_changes(
    session: DbSession,
    target: Target,
    changes: Sequence[Change],
    *,
    actor: Actor,
    reason: str = "",
) -> None:
    """Add the events of one save to the running transaction, in one statement.

    Args:
        session: The database session; the caller commits it.
        target: What it was all done to; its row is in the database already.
        changes: What was done, at least one thing.
        actor: Who did it.
        reason: Why, in the actor's words.
    """
    said = {"reason": reason, "save_id": new_save()}
    rows = [_columns(change, target, actor) | said for change in changes]
    session.connection().execute(_INSERT, rows)


def record_many(
    session: DbSession,
    changes: Sequence[tuple[Target, Change]],
    *,
    actor: Actor,
    reason: str = "",
) -> list[AuditEvent]:
    """Add the events of one save that changes several things, in one statement.

    Args:
        session: The database session; the caller commits it.
        changes: What was done to what, at least one thing.
        actor: Who did it.
        reason: Why, in the actor's words.

    Returns:
        The events, which share their moment and the id of the save.
    """
    save_id, at = _record_rows(session, changes, actor, reason)
    return _of_save(session, at, save_id)


def record_each(
    session: DbSession,
    changes: Sequence[tuple[Target, Change]],
    *,
    actor: Actor,
    reason: str = "",
    save_id: str | None = None,
) -> str:
    """Add the events of one save, however many, in one statement; return the id of the save."""
    return _record_rows(session, changes, actor, reason, save_id)[0]


def of_save(session: DbSession, event: AuditEvent) -> list[AuditEvent]:
    """Return the events that `record_many` added together with ``event``, itself among them."""
    if event.save_id is None:
        return [event]
    return _of_save(session, event.at, event.save_id)


def get(session: DbSession, event_id: int) -> AuditEvent | None:
    """Return the event, or None when there is no such event."""
    return session.get(AuditEvent, event_id)


def fields_of(text: str | None) -> dict[str, Any]:
    """Return the fields that an event's ``before`` or ``after`` holds."""
    return dict(json.loads(text)) if text else {}


def _record_rows(
    session: DbSession,
    changes: Sequence[tuple[Target, Change]],
    actor: Actor,
    reason: str,
    save_id: str | None = None,
) -> tuple[str, datetime]:
    save_id, at = save_id or new_save(), utcnow()
    said = {"reason": reason, "save_id": save_id, "at": at}
    rows = [_columns(change, target, actor) | said for target, change in changes]
    session.connection().execute(_INSERT, rows)
    return save_id, at


def _of_save(session: DbSession, at: datetime, save_id: str) -> list[AuditEvent]:
    # By the moment, of which there is an index, because of the id of the save there is none.
    query = select(AuditEvent).where(AuditEvent.at == at, AuditEvent.save_id == save_id)
    return list(session.scalars(query.order_by(AuditEvent.id)))


def _columns(change: Change, target: Target, actor: Actor) -> dict[str, Any]:
    return {
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name[:MAX_NAME],
        "session_id": actor.session_id,
        "address": actor.address,
        "request_id": actor.request_id,
        "action": change.action,
        "target_type": target.type,
        "target_id": target.id,
        "target_name": target.name[:MAX_NAME],
        "before": _as_json(change.before),
        "after": _as_json(change.after),
    }


def _as_json(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False, sort_keys=True)
