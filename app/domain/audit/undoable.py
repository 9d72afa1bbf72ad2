"""The changes of a save, to be undone, and the parts of them that cannot be."""

from collections.abc import Collection
from typing import NamedTuple

from app.domain.audit import events
from app.domain.errors import ChangedMeanwhile, NotFound
from app.models import AuditEvent, DbSession

GONE = "No longer exists"


class NothingToUndo(ChangedMeanwhile):
    """All changes of the save have been undone, or their targets no longer exist."""

    def __init__(self) -> None:
        super().__init__("Nothing is left to undo: these changes no longer stand.")


class LeftOut(NamedTuple):
    """A part of a save that is not undone: its name, and the reason."""

    name: str
    reason: str


def saved_changes(
    session: DbSession, event_id: int, actions: Collection[str]
) -> tuple[AuditEvent, list[AuditEvent]]:
    """Return an event, and all events of its save with one of these actions.

    Raises:
        NotFound: The event does not exist, or has another action.
    """
    event = events.get(session, event_id)
    if event is None or event.action not in actions:
        raise NotFound("This change does not exist.")
    same = [other for other in events.of_save(session, event) if other.action in actions]
    return event, [other for other in same if other.target_id is not None]


def undone_id(event: AuditEvent) -> int | None:
    """Return the id of the event that an event undoes, if it undoes one."""
    event_id = events.fields_of(event.after).get(events.UNDOES)
    return event_id if isinstance(event_id, int) else None
