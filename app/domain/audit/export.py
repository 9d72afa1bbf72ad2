"""The export of events, read in short batches that block nobody."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.domain.audit import event_filter
from app.domain.audit.event_filter import EventFilter
from app.domain.paging import COUNTED
from app.models import AuditEvent, DbSession

BATCH = 1_000


def count_for_export(session: DbSession, filters: EventFilter) -> int:
    """Count the events that match the filter, up to one more than `COUNTED`."""
    filters = event_filter.resolved(session, filters)
    query = select(AuditEvent.id).where(*event_filter.conditions(filters)).limit(COUNTED + 1)
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def last_id(session: DbSession) -> int:
    """Return the highest id of an event, at which an export ends; 0 for none."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def export_batch(filters: EventFilter, session: DbSession, after: int) -> Sequence[Row[Any]]:
    """Return the next events that match the filter: ids above ``after``, the lowest first."""
    filters = event_filter.resolved(session, filters)
    query = select(AuditEvent.__table__).where(AuditEvent.id > after)
    query = query.where(*event_filter.conditions(filters))
    return session.connection().execute(query.order_by(AuditEvent.id).limit(BATCH)).all()
