"""The audit: events, the history of a thing, and the activity of each day."""

from app.domain.audit.activity import ActivityKind, Day, kind_of, per_day, start_of
from app.domain.audit.anchors import LOGGER as LOGGER_OF_ANCHORS
from app.domain.audit.anchors import Anchor
from app.domain.audit.anchors import found_in as anchors_in
from app.domain.audit.authors import by_user, is_by_user, last_changes
from app.domain.audit.chain import locked_head, seal
from app.domain.audit.details import EventDetails, details
from app.domain.audit.earlier import EarlierEvents, find_earlier, is_chained, start
from app.domain.audit.end_of_chain import count_without_key, length_of_chain, problem_of_end
from app.domain.audit.event_filter import (
    EventFilter,
    Outcome,
    has_actor,
    has_target,
    names_of_ids,
)
from app.domain.audit.events import (
    UNDOES,
    Change,
    Fields,
    events_of,
    fields_of,
    get,
    of_save,
    record,
    record_save,
)
from app.domain.audit.export import count_for_export, export_batch, last_id
from app.domain.audit.history import (
    BY_AGE,
    OF_ROLES,
    HistoryEntry,
    history_of,
    history_page,
    recent,
)
from app.domain.audit.keys import KEYS, audit_keys
from app.domain.audit.lifetimes import earliest
from app.domain.audit.listing import SaveLine, SavePage, events_page, list_saves
from app.domain.audit.pruning import Pruning, delete_some, plan, record_pruning
from app.domain.audit.saves import Save, new_save
from app.domain.audit.time_range import range_end, range_start
from app.domain.audit.undoable import GONE, LeftOut, NothingToUndo, saved_changes, undone_id
from app.domain.audit.verification import AT_ONCE, BrokenChain, Verified, head, verify

__all__ = [
    "AT_ONCE",
    "BY_AGE",
    "GONE",
    "KEYS",
    "LOGGER_OF_ANCHORS",
    "OF_ROLES",
    "UNDOES",
    "ActivityKind",
    "Anchor",
    "BrokenChain",
    "Change",
    "Day",
    "EarlierEvents",
    "EventDetails",
    "EventFilter",
    "Fields",
    "HistoryEntry",
    "LeftOut",
    "NothingToUndo",
    "Outcome",
    "Pruning",
    "Save",
    "SaveLine",
    "SavePage",
    "Verified",
    "anchors_in",
    "audit_keys",
    "by_user",
    "count_for_export",
    "count_without_key",
    "delete_some",
    "details",
    "earliest",
    "events_of",
    "events_page",
    "export_batch",
    "fields_of",
    "find_earlier",
    "get",
    "has_actor",
    "has_target",
    "head",
    "history_of",
    "history_page",
    "is_by_user",
    "is_chained",
    "kind_of",
    "last_changes",
    "last_id",
    "length_of_chain",
    "list_saves",
    "locked_head",
    "names_of_ids",
    "new_save",
    "of_save",
    "per_day",
    "plan",
    "problem_of_end",
    "range_end",
    "range_start",
    "recent",
    "record",
    "record_pruning",
    "record_save",
    "saved_changes",
    "seal",
    "start",
    "start_of",
    "undone_id",
    "verify",
]
