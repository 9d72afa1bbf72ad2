"""Saves of settings that are undone, as a whole or not at all."""

from app.api import bearer
from app.api.problems import Errors
from app.api.undo.kind import Kind, Undo
from app.domain import audit, settings
from app.domain.actor import Actor
from app.domain.audit import GONE, Change, LeftOut
from app.domain.confirmation import Confirmation
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkRefused, SavedValue
from app.extensions import db
from app.models import DbSession


def mistakes(event_id: int, refusal: BulkRefused) -> Errors:
    """Return the refusals of the settings of a save, each with its key."""
    changes = settings.changes_of(db.session, audit.get(db.session, event_id))
    deleted = {change.event_id: change.key for change in changes.values()}
    errors = [(changes[number].key, error) for number, error in refusal.errors.items()]
    errors += [(deleted[number], error) for number, error in refusal.not_restored.items()]
    return [{"setting": key, "detail": str(error)} for key, error in errors]


def _review(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    del actor
    saved = settings.changes_of(session, audit.get(session, event_id))
    present = {line.key: line.value for line in settings.read_all(session)}
    changes, gone = [], []
    for value in saved.values():
        if value.is_there and value.key not in present:
            gone.append(LeftOut(value.key, GONE))
        else:
            changes.append((value.key, _change(value, present.get(value.key))))
    return Undo("setting", changes, gone)


def _change(saved: SavedValue, present: str | None) -> Change:
    if not saved.is_there:
        return Change("setting:restored", after=_shown(saved.before))
    if not saved.was_there:
        return Change("setting:deleted", before=_shown(present))
    return Change("setting:changed", _shown(present), _shown(saved.before))


def _undo(session: DbSession, event_id: int, typed: Confirmation, *, actor: Actor) -> None:
    settings.undo(session, event_id, typed.reason, actor=actor, may=bearer.caller().can)


def _shown(value: str | None) -> audit.Fields:
    return {"value": value and settings.masked(value)}


OF_SETTINGS = Kind(
    PermissionCode.SETTINGS_READ,
    (PermissionCode.SETTINGS_UPDATE,),
    settings.take_turns,
    _review,
    _undo,
)
