"""An event with the other events of its save."""

from dataclasses import dataclass, replace

from app.domain.audit import history, lifetimes
from app.domain.audit.history import HistoryEntry
from app.domain.errors import NotFound
from app.models import AuditEvent, DbSession

MOST_OTHERS = 50


@dataclass(frozen=True)
class EventDetails:
    """An event, the first of the other events of its save, and whether there are more."""

    entry: HistoryEntry
    others: list[HistoryEntry]
    has_more: bool


def details(session: DbSession, event_id: int) -> EventDetails:
    """Return an event with the other events of its save, in three statements.

    Raises:
        NotFound: The event does not exist.
    """
    found = history.entries(session, [AuditEvent.id == event_id], limit=1)
    if not found:
        raise NotFound("This event does not exist.")
    event = found[0].event
    entry = replace(found[0], has_actor=_actor_is_there(session, event))
    others = _others(session, event)
    return EventDetails(entry, others[:MOST_OTHERS], len(others) > MOST_OTHERS)


def _actor_is_there(session: DbSession, event: AuditEvent) -> bool:
    """Tell whether the user who acted still exists; their id may be that of somebody younger."""
    if event.actor_id is None:
        return False
    since = lifetimes.since_of(session, "user", event.actor_id)
    return since is not None and since <= event.at


def _others(session: DbSession, event: AuditEvent) -> list[HistoryEntry]:
    if event.save_id is None:
        return []
    same = [AuditEvent.save_id == event.save_id, AuditEvent.id != event.id]
    return history.entries(session, same, limit=MOST_OTHERS + 1)
