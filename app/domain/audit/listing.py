"""The audit log: saves with their events, filtered, paged by key, the newest first.

A page is read along the index of a filter, whose columns end with the order of the list. A save
is listed where its first event that matches is; the others are found by the id of the save.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, String, Subquery, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.domain import paging
from app.domain.audit import event_filter, history
from app.domain.audit.event_filter import EventFilter
from app.domain.audit.history import HistoryEntry
from app.domain.paging import Cursors, Page, Sort
from app.models import AuditEvent, DbSession

NEWEST_FIRST = Sort(AuditEvent.at, AuditEvent.id, descending=True)
MOST_EVENTS = 5
_HEAD: Any = (AuditEvent.id, AuditEvent.at, AuditEvent.save_id)


@dataclass(frozen=True)
class SaveLine:
    """A save: its first events that match, and the number of all that match."""

    entries: Sequence[HistoryEntry]
    count: int

    @property
    def events(self) -> list[AuditEvent]:
        """The first events that match."""
        return [entry.event for entry in self.entries]

    @property
    def first(self) -> AuditEvent:
        """The first event, which says who it was, when and why."""
        return self.entries[0].event


@dataclass(frozen=True)
class SavePage:
    """The saves of a page, and the cursors of the pages before and after, if any."""

    saves: Sequence[SaveLine]
    before: str | None
    after: str | None


def list_saves(
    session: DbSession, filters: EventFilter, cursors: Cursors, *, size: int = paging.SIZE
) -> SavePage:
    """Return one page of saves, in two statements.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    filters = event_filter.resolved(session, filters)
    query: Select[Any] = select(*_HEAD)
    query = query.where(*event_filter.conditions(filters), _is_first_of_save(filters))
    after, before = cursors.after, cursors.before
    page = paging.page(session, query, _sort(filters), after=after, before=before, size=size)
    return SavePage(_lines(session, filters, page.rows), page.before, page.after)


def events_page(session: DbSession, filters: EventFilter, cursors: Cursors) -> Page:
    """Return one page of single events, in one statement.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    filters = event_filter.resolved(session, filters)
    query: Select[Any] = select(*AuditEvent.__table__.columns)
    query = query.where(*event_filter.conditions(filters))
    after, before = cursors.after, cursors.before
    return paging.page(session, query, _sort(filters), after=after, before=before)


def _sort(filters: EventFilter) -> Sort:
    # The index of a target's ID ends with the ID of the event.
    return history.NEWEST_FIRST if filters.target_ids else NEWEST_FIRST


def _is_first_of_save(filters: EventFilter) -> Any:
    """Tell whether no earlier event of the same save matches; without a save id there is none.

    A subquery with a limit: MariaDB would answer NOT EXISTS by reading the whole table once. And
    "not below" where "equal" is meant: PostgreSQL takes equality for rare, and would read and sort
    every event that matches the filter.
    """
    other = aliased(AuditEvent)
    first = select(other.id).where(other.save_id == AuditEvent.save_id)
    first = first.where(*event_filter.of_events(filters, other, by_index=False))
    first = first.order_by(other.save_id, other.id).limit(1)
    found = first.correlate(AuditEvent).scalar_subquery()
    return func.coalesce(found, AuditEvent.id) >= AuditEvent.id


def _lines(session: DbSession, filters: EventFilter, heads: Sequence[Row[Any]]) -> list[SaveLine]:
    """Return the saves of these first events, in their order."""
    if not heads:
        return []
    numbered = _numbered(filters, heads)
    is_there = history.target_is_there(), history.actor_is_there()
    query = select(AuditEvent, numbered.c.events, *is_there)
    query = query.join(numbered, numbered.c.id == AuditEvent.id)
    query = query.where(numbered.c.place <= MOST_EVENTS).order_by(AuditEvent.id)
    saves: dict[Any, list[HistoryEntry]] = {}
    counts: dict[Any, int] = {}
    for event, count, has_target, has_actor in session.execute(query):
        key = event.save_id or event.id
        entry = HistoryEntry(event, bool(has_target), has_actor=bool(has_actor))
        saves.setdefault(key, []).append(entry)
        counts[key] = count
    keys = [head.save_id or head.id for head in heads]
    # An event may have been pruned since.
    return [SaveLine(saves[key], counts[key]) for key in keys if key in saves]


def _numbered(filters: EventFilter, heads: Sequence[Row[Any]]) -> Subquery:
    """Return the ids of the events of these saves, each with its place in the save."""
    save = func.coalesce(AuditEvent.save_id, cast(AuditEvent.id, String(36)))
    place = func.row_number().over(partition_by=save, order_by=AuditEvent.id)
    events = func.count().over(partition_by=save)
    wanted = [AuditEvent.save_id.in_([head.save_id for head in heads if head.save_id])]
    if alone := [head.id for head in heads if not head.save_id]:
        wanted.append(AuditEvent.id.in_(alone))
    query = select(AuditEvent.id, place.label("place"), events.label("events"))
    of_events = event_filter.of_events(filters, by_index=False)
    return query.where(or_(*wanted), *of_events).subquery()
