"""Undo: offered once, right after settings were saved, or one was deleted."""

from dataclasses import dataclass

from flask import flash, get_flashed_messages, url_for

from app.domain import audit
from app.extensions import db
from app.models import AuditEvent
from app.web.settings.forms import NOT_SET

CATEGORY, SEVERAL = "undo", "undo-several"
CHANGED, DELETED = "setting:changed", "setting:deleted"
REASON = "Undone."


@dataclass(frozen=True)
class Undo:
    """A form of hidden fields that puts the old value back.

    Attributes:
        label: What the button says.
        action: Where the form goes.
        fields: The names and values of the hidden fields.
        setting_id: The setting that was changed, where it was one alone.
    """

    label: str
    action: str
    fields: list[tuple[str, str]]
    setting_id: int | None = None


def note(event: AuditEvent) -> None:
    """Remember until the next page which change can be undone."""
    flash(str(event.id), CATEGORY)


def note_many(event: AuditEvent) -> None:
    """Remember until the next page one of the changes of a save that can be undone."""
    flash(str(event.id), SEVERAL)


def noted() -> AuditEvent | None:
    """Return the change that the last request made, if it can be undone."""
    ids = get_flashed_messages(category_filter=[CATEGORY])
    return audit.get(db.session, int(str(ids[-1]))) if ids else None


def noted_many(target: str) -> Undo | None:
    """Return the form that undoes all that the last request saved, and comes back to a page."""
    ids = get_flashed_messages(category_filter=[SEVERAL])
    if not ids:
        return None
    action = url_for("settings.put_back", event_id=int(str(ids[-1])))
    return Undo("Undo", action, [("reason", REASON), ("next", target)])


def of_deletion(event: AuditEvent) -> Undo:
    """Return the form that brings a deleted setting back."""
    return Undo("Undo", url_for("settings.restore", event_id=event.id), [("reason", REASON)])


def offer(event: AuditEvent, value: str | None, etag: str, target: str = "") -> Undo | None:
    """Return the form that undoes the change, unless the setting has changed since.

    Args:
        event: The change.
        value: The setting's value now.
        etag: The setting's etag now.
        target: The page to come back to; the setting's own if empty.
    """
    if event.action != CHANGED:
        return None
    before = audit.fields_of(event.before)["value"]
    if audit.fields_of(event.after)["value"] != value:
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
    given = [(name, text) for name, text in fields.items() if text]
    return Undo("Undo", action, given, event.target_id)
