"""Saves of settings that are undone, as far as they still stand."""

from app.api import bearer
from app.api.problems import Errors
from app.api.undo.kind import Kind, Undo
from app.domain import audit, settings
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.confirmation import Confirmation
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkRefused, SavedValue
from app.extensions import db
from app.models import DbSession


def mistakes(event_id: int, refusal: BulkRefused) -> Errors:
    """Return the refusals of the settings of a save, each with its key."""
    found = settings.review_undo(db.session, event_id, actor=bearer.current_actor())
    changes = found.save.values
    deleted = {change.event_id: change.key for change in changes.values()}
    errors = [(changes[number].key, error) for number, error in refusal.errors.items()]
    errors += [(deleted[number], error) for number, error in refusal.not_restored.items()]
    return [{"setting": key, "detail": str(error)} for key, error in errors]


def _review(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    found = settings.review_undo(session, event_id, actor=actor)
    changes = [(value.key, _change(value)) for value in found.values.values()]
    return Undo("setting", changes, found.left_out, found.content.text)


def _change(saved: SavedValue) -> Change:
    if not saved.is_there:
        return Change("setting:restored", after=_shown(saved.before))
    if not saved.was_there:
        return Change("setting:deleted", before=_shown(saved.after))
    return Change("setting:changed", _shown(saved.after), _shown(saved.before))


def _undo(session: DbSession, event_id: int, typed: Confirmation, *, actor: Actor) -> None:
    settings.undo(session, event_id, typed, actor=actor, may=bearer.caller().can)


def _shown(value: str | None) -> audit.Fields:
    return {"value": value and settings.masked(value)}


OF_SETTINGS = Kind(
    PermissionCode.SETTINGS_READ,
    (
        PermissionCode.SETTINGS_UPDATE,
        PermissionCode.SETTINGS_CREATE,
        PermissionCode.SETTINGS_DELETE,
    ),
    settings.take_turns,
    _review,
    _undo,
)
