"""Audit events, written in the transaction of the change that they record, and read back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select

from app.domain.actor import Actor
from app.domain.audit import chain
from app.domain.audit.saves import Save, new_save
from app.domain.target import Target
from app.models import AuditEvent, DbSession
from app.models.base import utcnow

Fields = Mapping[str, Any]
MAX_NAME = 255
UNDOES = "undoes"
_INSERT = insert(AuditEvent)
# All but MySQL tell at once what they have made of an event.
_INSERT_RETURNING = _INSERT.returning(*chain.COLUMNS)


@dataclass(frozen=True)
class Change:
    """A change that a save made; see `record` for the fields."""

    action: str
    before: Fields | None = None
    after: Fields | None = None

    def undoing(self, event_id: int | None) -> "Change":
        """Return the change with the id of the event that it undoes, if it undoes one."""
        if event_id is None:
            return self
        return replace(self, after={**(self.after or {}), UNDOES: event_id})


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
    """Add an event to the running transaction, so that it is committed only with the change.

    Args:
        session: The database session; the caller commits it.
        action: The action in the past tense, such as ``setting:changed``.
        target: The row that was changed.
        actor: The person or command that made the change.
        before: The changed fields as they were; never a secret.
        after: The changed fields as they are now; never a secret.
        reason: The actor's reason.
        save_id: The id that the events of one save share.

    Returns:
        The event as it was written; it is not part of the session.
    """
    save = Save(save_id or new_save(), utcnow())
    common = {"reason": reason, "save_id": save.id, "at": save.at}
    row = _columns(Change(action, before, after), target, actor) | common
    connection = session.connection()
    if connection.dialect.insert_returning:
        stored = connection.execute(_INSERT_RETURNING, row).one()
        chain.remember(session, save, [stored])
        return AuditEvent(id=stored.id, **row)
    key = connection.execute(_INSERT, row).inserted_primary_key
    chain.remember(session, save)
    return AuditEvent(id=key[0] if key else None, **row)


def record_save(
    session: DbSession,
    changes: Sequence[tuple[Target, Change]],
    *,
    actor: Actor,
    reason: str = "",
    save_id: str | None = None,
) -> Save:
    """Add the events of one save to the running transaction, in one statement.

    Args:
        session: The database session; the caller commits it.
        changes: The changes with their targets, at least one.
        actor: The person or command that made them.
        reason: The actor's reason for all of them.
        save_id: The id of a save that these events continue.

    Returns:
        The save; `events_of` reads its events.
    """
    save = Save(save_id or new_save(), utcnow())
    common = {"reason": reason, "save_id": save.id, "at": save.at}
    rows = [_columns(change, target, actor) | common for target, change in changes]
    session.connection().execute(_INSERT, rows)
    chain.remember(session, save)
    return save


def of_save(session: DbSession, event: AuditEvent) -> list[AuditEvent]:
    """Return the events of the same save as ``event``, itself among them."""
    if event.save_id is None:
        return [event]
    return events_of(session, Save(event.save_id, event.at))


def events_of(session: DbSession, save: Save) -> list[AuditEvent]:
    """Return the events of a save, the oldest first."""
    # Not by the time: a large save is written in parts, each with its own.
    query = select(AuditEvent).where(AuditEvent.save_id == save.id)
    return list(session.scalars(query.order_by(AuditEvent.id)))


def get(session: DbSession, event_id: int) -> AuditEvent | None:
    """Return the event with the id, or None."""
    return session.get(AuditEvent, event_id)


def fields_of(text: str | None) -> dict[str, Any]:
    """Return the fields that an event's ``before`` or ``after`` holds; none if it is not JSON."""
    try:
        fields = json.loads(text or "{}")
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


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
