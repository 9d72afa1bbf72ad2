"""Saves of settings that are undone, as a whole or not at all."""

from app.api.problems import Errors
from app.api.undo.kind import Kind, Undo
from app.domain import audit, settings
from app.domain.actor import Actor
from app.domain.audit import GONE, Change, LeftOut
from app.domain.confirmation import Confirmation
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkRefused
from app.extensions import db
from app.models import DbSession


def mistakes(event_id: int, refusal: BulkRefused) -> Errors:
    """Return the refusals of the settings of a save, each with its key."""
    changes = settings.changes_of(db.session, audit.get(db.session, event_id))
    return [
        {"setting": changes[setting_id].key, "detail": str(error)}
        for setting_id, error in refusal.errors.items()
    ]


def _review(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    del actor
    saved = settings.changes_of(session, audit.get(session, event_id))
    keys = [value.key for value in saved.values()]
    present = {row.key: row.value for row in settings.by_keys(session, keys)}
    changes = [
        (value.key, Change("setting:changed", _shown(present[value.key]), _shown(value.before)))
        for value in saved.values()
        if value.key in present
    ]
    gone = [LeftOut(value.key, GONE) for value in saved.values() if value.key not in present]
    return Undo("setting", changes, gone)


def _undo(session: DbSession, event_id: int, typed: Confirmation, *, actor: Actor) -> None:
    settings.undo(session, event_id, typed.reason, actor=actor)


def _shown(value: str | None) -> audit.Fields:
    return {"value": value and settings.masked(value)}


OF_SETTINGS = Kind(
    PermissionCode.SETTINGS_READ,
    (PermissionCode.SETTINGS_UPDATE,),
    settings.take_turns,
    _review,
    _undo,
)
