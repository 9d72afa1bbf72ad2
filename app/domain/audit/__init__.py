"""The audit: events, the history of a thing, and the activity of each day."""

from app.domain.audit.activity import ActivityKind, Day, kind_of, per_day, start_of
from app.domain.audit.details import EventDetails, actor_is_there, details
from app.domain.audit.event_filter import EventFilter, Outcome
from app.domain.audit.events import (
    Change,
    Fields,
    Save,
    events_of,
    fields_of,
    get,
    new_save,
    of_save,
    record,
    record_save,
)
from app.domain.audit.export import count_for_export, export_batch
from app.domain.audit.history import OF_ROLES, HistoryEntry, history_of, recent
from app.domain.audit.listing import SaveLine, SavePage, list_saves

__all__ = [
    "OF_ROLES",
    "ActivityKind",
    "Change",
    "Day",
    "EventDetails",
    "EventFilter",
    "Fields",
    "HistoryEntry",
    "Outcome",
    "Save",
    "SaveLine",
    "SavePage",
    "actor_is_there",
    "count_for_export",
    "details",
    "events_of",
    "export_batch",
    "fields_of",
    "get",
    "history_of",
    "kind_of",
    "list_saves",
    "new_save",
    "of_save",
    "per_day",
    "recent",
    "record",
    "record_save",
    "start_of",
]
