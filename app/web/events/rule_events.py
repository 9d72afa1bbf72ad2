"""Events of rules for values: the difference in words, and the pages that undo them."""

from typing import Any

from flask import g, url_for

from app.domain import audit
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.domain.settings.value_rules import editing
from app.models import AuditEvent

RULE, CATEGORY = "setting:rule-changed", "category:flagged"
ADDED, CHANGED, REMOVED = "relation:added", "relation:changed", "relation:removed"
WITH_FIELDS = frozenset({RULE, CHANGED, CATEGORY})
# The endpoint of the page that undoes an action, and the name of the id in its URL.
PAGES = {
    RULE: ("settings.rule", "setting_id"),
    ADDED: ("settings.remove_relation", "relation_id"),
    CHANGED: ("settings.relation", "relation_id"),
}
UNDOABLE = frozenset({RULE, ADDED, CHANGED, REMOVED, CATEGORY})


def differences(event: AuditEvent) -> list[tuple[str, str]]:
    """Return the fields of a rule before and after an event, in words."""
    if event.action not in WITH_FIELDS:
        return []
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    return [
        (editing.field_in_words(name, before.get(name)), editing.field_in_words(name, after[name]))
        for name in sorted(after)
    ]


def undo_url(entry: HistoryEntry) -> str | None:
    """Return the page that undoes an event of a rule, for who may change rules."""
    event = entry.event
    if not all(map(g.me.can, (PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_UPDATE))):
        return None
    values: dict[str, Any] = {"undo": event.id}
    if event.action == CATEGORY:
        return url_for("settings.rules", **values)
    if event.action == REMOVED:
        return url_for("settings.relation", **values)
    if not entry.is_there or event.target_id is None:
        return None
    endpoint, name = PAGES[event.action]
    values = {name: event.target_id} | ({} if event.action == ADDED else values)
    return url_for(endpoint, **values)
