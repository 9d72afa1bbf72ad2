"""Audit events as sentences, for the history and the recent changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import g, url_for

from app.domain import audit, settings
from app.domain.actor import ActorKind, is_reserved
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, shortlist
from app.domain.settings import SecretMarks
from app.domain.visible import brief, pair
from app.models import AuditEvent
from app.models.base import normalised
from app.models.spelling import shown_address
from app.web.events import rule_events, secret_marks, undo_urls
from app.web.events.undo_urls import CHANGED, OF_SAVE
from app.web.events.verbs import VERBS

KINDS = {
    ActorKind.PROGRAM.value: "by token",
    ActorKind.COMMAND.value: "command",
    ActorKind.VISITOR.value: "not signed in",
    ActorKind.OUTSIDE.value: "",
}
# The permission to see a target, the endpoint of its page, and the name of the id in its URL.
PAGES = {
    "setting": (PermissionCode.SETTINGS_READ, "settings.show", "setting_id"),
    "user": (PermissionCode.USER_READ, "users.show", "user_id"),
    "role": (PermissionCode.ROLE_READ, "roles.show", "role_id"),
    "relation": (PermissionCode.SETTINGS_READ, "settings.relation", "relation_id"),
    "webhook": (PermissionCode.AUDIT_READ, "webhooks.show", "webhook_id"),
}
# The field that describes an event in one word.
NAMED_BY = {
    "role:assigned": "role",
    "role:unassigned": "role",
    "role:renamed": "name",
    "token:created": "token",
    "token:revoked": "token",
}
# What people do with their own account; the sentence does not name it again.
OF_ONESELF = frozenset({"user:signed-in", "user:reauthenticated"})
LONGEST = 60
RESTORE = "roles.restore"

Pair = tuple[str | None, str | None]
ProfileValue = str | bool | None


@dataclass(frozen=True)
class EventLine:
    """An event as a list shows it: actor, verb, target, old and new values, time and reason."""

    at: datetime
    actor_name: str
    actor_kind: str
    verb: str
    target_type: str
    target_name: str
    target_url: str | None
    delta: list[Pair]
    reason: str
    restore_url: str | None = None
    undo_url: str | None = None
    undoes: int | None = None
    undoes_url: str | None = None
    times: int = 1


def in_words(
    entries: Collection[HistoryEntry], marks: SecretMarks | None = None
) -> list[EventLine]:
    """Return the entries as lines, with links to existing pages that the user may open.

    ``marks`` are those of secrets, where they are read already.
    """
    marks = marks or secret_marks.marks_for(entry.event for entry in entries)
    return [_line(entry, marks) for entry in entries]


def undone_together(events: Sequence[AuditEvent], lines: Sequence[EventLine]) -> list[EventLine]:
    """Return the lines of a save with one link to each page that undoes several of them."""
    pages = [
        OF_SAVE.get(event.action) if line.undo_url or line.restore_url else None
        for event, line in zip(events, lines, strict=True)
    ]
    if RESTORE in pages:
        # The members of a deleted role come back with it.
        pages = [RESTORE if page == "users.undo" else page for page in pages]
    repeated = {page for page in pages if page and pages.count(page) > 1}
    firsts = {page: events[pages.index(page)] for page in repeated}
    firsts |= {OF_SAVE[event.action]: event for event in events if event.action == "role:deleted"}
    urls = {page: url_for(page, event_id=firsts[page].id) for page in repeated}
    # The first line that a page undoes takes its link.
    return [
        replace(line, undo_url=urls.pop(page, None), restore_url=None) if page in repeated else line
        for line, page in zip(lines, pages, strict=True)
    ]


def actor_of(event: AuditEvent) -> str:
    """Return the name of an actor, with the kind if it is not clear that this is a user."""
    kind = _kind(event)
    return f"{event.actor_name} ({kind})" if kind else event.actor_name


def _kind(event: AuditEvent) -> str:
    if event.actor_kind != ActorKind.PERSON:
        return KINDS.get(event.actor_kind, event.actor_kind)
    return "user" if is_reserved(normalised(event.actor_name)) else ""


def _line(entry: HistoryEntry, marks: SecretMarks) -> EventLine:
    event = entry.event
    is_own = event.action in OF_ONESELF
    return EventLine(
        at=event.at,
        actor_name=event.actor_name,
        actor_kind=_kind(event),
        verb=VERBS.get(event.action, event.action),
        target_type=event.target_type,
        target_name="" if is_own else _target(entry),
        target_url=None if is_own or entry.targets > 1 else _url(entry),
        delta=_delta(event, marks),
        reason=event.reason,
        restore_url=undo_urls.restore_url(event),
        undo_url=undo_urls.undo_url(entry, marks),
        undoes=(undoes := audit.undone_id(event)),
        undoes_url=_entry_url(undoes),
        times=entry.times if entry.times > entry.targets else 1,
    )


def _target(entry: HistoryEntry) -> str:
    if entry.targets == 1:
        return entry.event.target_name
    noun = "page" if entry.event.target_type == "page" else "thing"
    return f"{counted(entry.targets, noun)}, the last one {entry.event.target_name}"


def _entry_url(event_id: int | None) -> str | None:
    if event_id is None or not g.me.can(PermissionCode.AUDIT_READ):
        return None
    return url_for("audit.show", event_id=event_id)


def _url(entry: HistoryEntry) -> str | None:
    event = entry.event
    is_deleted = event.action in {
        "setting:deleted",
        "user:deleted",
        "role:deleted",
        "webhook:deleted",
    }
    if is_deleted or not entry.is_there or event.target_id is None:
        return None
    code, endpoint, name = PAGES[event.target_type]
    values: dict[str, Any] = {name: event.target_id}
    return url_for(endpoint, **values) if g.me.can(code) else None


def _delta(event: AuditEvent, marks: SecretMarks) -> list[Pair]:
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    if event.action in CHANGED:
        old, new = (marks.shown(event.target_name, event.id, side) for side in (before, after))
        return [] if old == new == settings.HIDDEN else [_pair(old, new)]
    if event.action == "user:changed":
        return [_of_profile(name, before.get(name), after[name]) for name in sorted(after)]
    if event.action in NAMED_BY:
        name = NAMED_BY[event.action]
        return [(before.get(name), after.get(name))]
    if event.action == "permission:granted":
        return [(None, code) for code in shortlist(after.get("codes", []))]
    if event.action == "permission:revoked":
        return [(code, None) for code in shortlist(before.get("codes", []))]
    return [_pair(*sides) for sides in rule_events.differences(event)]


def _of_profile(field: str, before: ProfileValue, after: ProfileValue) -> Pair:
    if isinstance(before, bool) or isinstance(after, bool):
        return _verified(before), _verified(after)
    if field == "email":
        return _pair(shown_address(before or ""), shown_address(after or ""))
    return _pair(before, after)


def _verified(value: ProfileValue) -> str:
    return "verified" if value else "not verified"


def _pair(before: str | None, after: str | None) -> Pair:
    if before and after:
        return pair(before, after, LONGEST)
    return _in_brief(before), _in_brief(after)


def _in_brief(value: str | None) -> str:
    if not value:
        return "not set" if value is None else "empty string"
    return brief(value, LONGEST)
