"""Pruning: old events are deleted, and a checkpoint in the chain says where it goes on from."""

from typing import NamedTuple

from sqlalchemy import select

from app.domain.audit.chain import Link
from app.domain.audit.earlier import TARGET
from app.domain.audit.events import fields_of
from app.models import AuditEvent, DbSession

PRUNED = "audit:pruned"


class Checkpoint(NamedTuple):
    """The last link that was pruned, as the event with the id says.

    Events from before the chain were pruned with the others up to the id ``earlier_up_to``.
    """

    event_id: int
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
