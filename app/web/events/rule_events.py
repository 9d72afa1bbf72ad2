"""Events of rules for values: the difference in words, and the pages that undo them."""

from flask import g, url_for

from app.domain import audit
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.domain.settings.value_rules import editing
from app.models import AuditEvent

RULE, CATEGORY = "setting:rule-changed", "category:flagged"
ADDED, CHANGED, REMOVED = "relation:added", "relation:changed", "relation:removed"
WITH_FIELDS = frozenset({RULE, CHANGED, CATEGORY})
UNDOABLE = frozenset({RULE, ADDED, CHANGED, REMOVED})


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
    if event.action == REMOVED:
        return url_for("settings.relation", undo=event.id)
    if not entry.is_there or event.target_id is None:
        return None
    if event.action == RULE:
        return url_for("settings.rule", setting_id=event.target_id, undo=event.id)
    if event.action == ADDED:
        return url_for("settings.remove_relation", relation_id=event.target_id)
    return url_for("settings.relation", relation_id=event.target_id, undo=event.id)
