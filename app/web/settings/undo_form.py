"""The Undo button: shown once, right after settings were saved or one was deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, g, get_flashed_messages, url_for

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent
from app.web.settings.value_form import NOT_SET

CHANGE, SAVE = "undo", "undo-several"
CHANGED, DELETED = "setting:changed", "setting:deleted"
# The permission to undo an action.
NEEDED = {
    CHANGED: PermissionCode.SETTINGS_UPDATE,
    DELETED: PermissionCode.SETTINGS_CREATE,
    "setting:created": PermissionCode.SETTINGS_DELETE,
    "setting:restored": PermissionCode.SETTINGS_DELETE,
}
REASON = "Undone."


@dataclass(frozen=True)
class UndoForm:
    """A form of hidden fields that restores the old value.

    Attributes:
        label: The text of the button.
        action: The URL that the form is sent to.
        fields: The names and values of the hidden fields.
        setting_id: The setting that was changed, where it was one alone.
    """

    label: str
    action: str
    fields: list[tuple[str, str]]
    setting_id: int | None = None


def remember(event: AuditEvent) -> None:
    """Remember a change until the next page, which offers to undo it."""
    flash(str(event.id), CHANGE)


def remember_save(events: Sequence[AuditEvent]) -> None:
    """Remember a save until the next page, which offers to undo it to who may."""
    if all(map(g.me.can, needed(event.action for event in events))):
        flash(str(events[0].id), SAVE)


def needed(actions: Iterable[str]) -> list[PermissionCode]:
    """Return the permissions that it takes to undo a save of these actions."""
    return sorted({NEEDED[action] for action in actions})


def last_change() -> AuditEvent | None:
    """Return the change that the last request made, if it can be undone."""
    ids = get_flashed_messages(category_filter=[CHANGE])
    return audit.get(db.session, int(str(ids[-1]))) if ids else None


def of_last_save(target: str) -> UndoForm | None:
    """Return the form that undoes the last save of several settings, and comes back to a page."""
    ids = get_flashed_messages(category_filter=[SAVE])
    if not ids:
        return None
    action = url_for("settings.undo", event_id=int(str(ids[-1])))
    return UndoForm("Undo", action, [("reason", REASON), ("next", target)])


def of_deletion(event: AuditEvent) -> UndoForm:
    """Return the form that restores a deleted setting."""
    action = url_for("settings.restore", event_id=event.id)
    return UndoForm("Undo", action, [("reason", REASON)])


def of_change(event: AuditEvent, value: str | None, etag: str, target: str = "") -> UndoForm | None:
    """Return the form that undoes a change, unless the setting has changed since.

    Args:
        event: The change.
        value: The setting's value now.
        etag: The setting's etag now.
        target: The page to come back to; the setting's own if empty.
    """
    if event.action != CHANGED or audit.fields_of(event.after)["value"] != value:
        return None
    before = audit.fields_of(event.before)["value"]
    if before is None and settings.always_set(db.session):
        return None
    fields = {
        "value": before or "",
        "unset": "y" if before is None else "",
        "etag": etag,
        "base": value or "",
        "base_unset": NOT_SET if value is None else "",
        "reason": REASON,
        "next": target,
    }
    action = url_for("settings.show", setting_id=event.target_id)
    filled = [(name, text) for name, text in fields.items() if text]
    return UndoForm("Undo", action, filled, event.target_id)
