"""An event with the other events of its save."""

from dataclasses import dataclass

from sqlalchemy import select

from app.domain.audit import history
from app.domain.audit.history import HistoryEntry
from app.domain.errors import NotFound
from app.models import AuditEvent, DbSession, User

MOST_OTHERS = 50


@dataclass(frozen=True)
class EventDetails:
    """An event, the first of the other events of its save, and whether there are more."""

    entry: HistoryEntry
    others: list[HistoryEntry]
    has_more: bool


def details(session: DbSession, event_id: int) -> EventDetails:
    """Return an event with the other events of its save, in two statements.

    Raises:
        NotFound: The event does not exist.
    """
    found = history.entries(session, [AuditEvent.id == event_id], limit=1)
    if not found:
        raise NotFound("This event does not exist.")
    others = _others(session, found[0].event)
    return EventDetails(found[0], others[:MOST_OTHERS], len(others) > MOST_OTHERS)


def actor_is_there(session: DbSession, event: AuditEvent) -> bool:
    """Tell whether the user who acted still exists; their id may be that of somebody younger."""
    query = select(User.id).where(User.id == event.actor_id, User.created_at <= event.at)
    return session.scalars(query).first() is not None


def _others(session: DbSession, event: AuditEvent) -> list[HistoryEntry]:
    if event.save_id is None:
        return []
    same = [AuditEvent.save_id == event.save_id, AuditEvent.id != event.id]
    return history.entries(session, same, limit=MOST_OTHERS + 1)
