"""The pages that undo what events tell of, for those who may."""

from typing import Any

from flask import g, url_for

from app.domain import audit
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.domain.settings import SecretMarks
from app.models import AuditEvent
from app.web.events import rule_events

# The permissions to undo an action, and the endpoint of the page that does.
UNDONE_AT = {
    "role:assigned": (PermissionCode.USER_READ, PermissionCode.ROLE_ASSIGN, "users.undo"),
    "role:unassigned": (PermissionCode.USER_READ, PermissionCode.ROLE_ASSIGN, "users.undo"),
    "user:activated": (PermissionCode.USER_READ, PermissionCode.USER_UPDATE, "users.undo"),
    "user:deactivated": (PermissionCode.USER_READ, PermissionCode.USER_UPDATE, "users.undo"),
    "role:deleted": (PermissionCode.ROLE_READ, PermissionCode.ROLE_CREATE, "roles.restore"),
    "permission:granted": (PermissionCode.ROLE_READ, PermissionCode.ROLE_UPDATE, "roles.undo"),
    "permission:revoked": (PermissionCode.ROLE_READ, PermissionCode.ROLE_UPDATE, "roles.undo"),
}
# The permissions to undo an edit, the endpoint of its form, and the name of the id in its URL.
EDITED_AT = {
    "user:changed": (
        *(PermissionCode.USER_READ, PermissionCode.USER_UPDATE),
        *("users.edit", "user_id"),
    ),
    **dict.fromkeys(
        ("role:renamed", "role:changed"),
        (PermissionCode.ROLE_READ, PermissionCode.ROLE_UPDATE, "roles.edit", "role_id"),
    ),
}
# The endpoint of the page that undoes all of a save.
OF_SAVE = {
    **dict.fromkeys(
        ("setting:changed", "setting:created", "setting:restored", "setting:deleted"),
        "settings.undo",
    ),
    **{action: endpoint for action, (_, _, endpoint) in UNDONE_AT.items()},
}
CHANGED = frozenset({"setting:changed", "setting:changed-outside"})
ADDED = frozenset({"setting:created", "setting:restored"})


def restore_url(event: AuditEvent) -> str | None:
    """Return the page that restores a setting that an event deleted, if the user may."""
    codes = (PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_CREATE)
    if event.action != "setting:deleted" or not all(g.me.can(code) for code in codes):
        return None
    return url_for("settings.restore", event_id=event.id)


def undo_url(entry: HistoryEntry, marks: SecretMarks) -> str | None:
    """Return the page that undoes an event, if there is one and the user may."""
    event = entry.event
    if event.action in rule_events.UNDOABLE:
        return rule_events.undo_url(entry)
    if event.action in EDITED_AT:
        return _undo_url_of_edit(entry)
    if event.action not in UNDONE_AT or event.target_id is None:
        return _undo_url_of_setting(entry, marks)
    read, change, endpoint = UNDONE_AT[event.action]
    return url_for(endpoint, event_id=event.id) if g.me.can(read) and g.me.can(change) else None


def _undo_url_of_setting(entry: HistoryEntry, marks: SecretMarks) -> str | None:
    """Return the page that undoes a change of what is still there, if the user may change it."""
    event = entry.event
    if not entry.is_there or not g.me.can(PermissionCode.SETTINGS_READ):
        return None
    if event.action in ADDED and g.me.can(PermissionCode.SETTINGS_DELETE):
        return url_for("settings.undo", event_id=event.id)
    before = audit.fields_of(event.before)
    if event.action not in CHANGED or not marks.can_restore(event.target_name, event.id, before):
        return None
    if not g.me.can(PermissionCode.SETTINGS_UPDATE):
        return None
    return url_for("settings.show", setting_id=event.target_id, undo=event.id)


def _undo_url_of_edit(entry: HistoryEntry) -> str | None:
    """Return the form of what is still there, with the fields from before an edit filled in."""
    event = entry.event
    read, change, endpoint, name = EDITED_AT[event.action]
    if not entry.is_there or not (g.me.can(read) and g.me.can(change)):
        return None
    values: dict[str, Any] = {name: event.target_id, "undo": event.id}
    return url_for(endpoint, **values)
