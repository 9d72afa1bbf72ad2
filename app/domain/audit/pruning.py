"""Pruning: old events are deleted, and a checkpoint in the chain says where it goes on from."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Delete, delete, func, select, update

from app.domain.actor import Actor
from app.domain.audit.chain import Link
from app.domain.audit.earlier import STARTED, TARGET, started
from app.domain.audit.events import fields_of, record
from app.models import AuditEvent, ChainEntry, ChainHead, DbSession

PRUNED = "audit:pruned"
AT_ONCE = 2_000


class Checkpoint(NamedTuple):
    """The last link that was pruned, as the event with the id says.

    Events from before the chain were pruned with the others up to the id ``earlier_up_to``.
    """

    event_id: int
    link: Link
    earlier_up_to: int


class Pruning(NamedTuple):
    """The events to delete: those of the chain up to a link, and earlier ones up to an id."""

    link: Link
    earlier_up_to: int


def last_checkpoint(session: DbSession) -> Checkpoint | None:
    """Return the checkpoint of the last time that events were pruned."""
    query = select(AuditEvent.id, AuditEvent.after).where(
        AuditEvent.target_type == TARGET.type, AuditEvent.action == PRUNED
    )
    row = session.execute(query.order_by(AuditEvent.id.desc()).limit(1)).first()
    if row is None:
        return None
    fields = fields_of(row.after)
    link = Link(int(fields.get("sequence", 0)), str(fields.get("hash", "")))
    return Checkpoint(row.id, link, int(fields.get("earlier_up_to", 0)))


def plan(session: DbSession, before: datetime) -> Pruning | None:
    """Return the events from before a time that nothing in the chain stands in front of.

    Events from before the chain go with the event that covers them.
    """
    joined = select(func.min(ChainEntry.id)).join(AuditEvent, AuditEvent.id == ChainEntry.event_id)
    kept = session.scalar(joined.where(AuditEvent.at >= before))
    last = select(ChainEntry.id, ChainEntry.hash).order_by(ChainEntry.id.desc()).limit(1)
    row = session.execute(last if kept is None else last.where(ChainEntry.id < kept)).first()
    if row is None:
        return None
    checkpoint = last_checkpoint(session)
    pruned = 0 if checkpoint is None else checkpoint.earlier_up_to
    covering = session.scalar(joined.where(AuditEvent.action == STARTED))
    covered = started(session) if covering is not None and covering <= row.id else None
    return Pruning(Link(row.id, row.hash), covered.up_to if covered else pruned)


def record_pruning(
    session: DbSession, pruning: Pruning, before: datetime, *, actor: Actor, reason: str
) -> None:
    """Record that events are deleted: from now on the chain goes on from the checkpoint."""
    checkpoint = pruning.link._asdict() | {"earlier_up_to": pruning.earlier_up_to}
    after = checkpoint | {"before": before.date().isoformat()}
    record(session, PRUNED, TARGET, actor=actor, after=after, reason=reason)


def delete_some(session: DbSession, pruning: Pruning) -> int:
    """Delete some of the events; return how many, 0 when there are none left."""
    session.execute(update(ChainHead).values(allows_changes=True))
    count = _delete_earlier(session, pruning.earlier_up_to) or _delete_chained(session, pruning)
    session.execute(update(ChainHead).values(allows_changes=False))
    return count


def _delete_earlier(session: DbSession, up_to: int) -> int:
    query = select(AuditEvent.id).outerjoin(ChainEntry, ChainEntry.event_id == AuditEvent.id)
    query = query.where(ChainEntry.id.is_(None), AuditEvent.id <= up_to)
    ids = session.scalars(query.order_by(AuditEvent.id).limit(AT_ONCE)).all()
    if ids:
        session.execute(_deleted_events(ids))
    return len(ids)


def _delete_chained(session: DbSession, pruning: Pruning) -> int:
    query = select(ChainEntry.id, ChainEntry.event_id)
    query = query.where(ChainEntry.id <= pruning.link.sequence)
    rows = session.execute(query.order_by(ChainEntry.id).limit(AT_ONCE)).all()
    if rows:
        session.execute(_deleted_events([row.event_id for row in rows]))
        session.execute(delete(ChainEntry).where(ChainEntry.id <= rows[-1].id))
    return len(rows)


def _deleted_events(ids: Sequence[int]) -> Delete:
    condition = AuditEvent.id.in_(ids)
    return delete(AuditEvent).where(condition).execution_options(synchronize_session=False)
