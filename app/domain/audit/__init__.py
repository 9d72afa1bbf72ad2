"""The audit: events, the history of a thing, and the activity of each day."""

from app.domain.audit.activity import ActivityKind, Day, kind_of, per_day
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
from app.domain.audit.history import HistoryEntry, history_of, recent

__all__ = [
    "ActivityKind",
    "Change",
    "Day",
    "Fields",
    "HistoryEntry",
    "Save",
    "events_of",
    "fields_of",
    "get",
    "history_of",
    "kind_of",
    "new_save",
    "of_save",
    "per_day",
    "recent",
    "record",
    "record_save",
]
