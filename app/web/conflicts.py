"""Conflicts with a name: who changed what somebody else was editing, when, and why."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from flask import g

from app.domain import audit
from app.domain.actor import ActorKind
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.extensions import db
from app.models import AuditEvent
from app.models.base import utcnow
from app.web import event_sentences, filters

# Tells whether an event explains that the stored thing is not what the editor saw.
Explains = Callable[[AuditEvent], bool]


class EditedKind(NamedTuple):
    """A kind of thing that people edit.

    Attributes:
        target_type: Its type in the events.
        actions: The actions that change it.
        needs: The permissions of which one shows its history.
        meanwhile: What the reader was doing when it changed.
    """

    target_type: str
    actions: tuple[str, ...]
    needs: tuple[PermissionCode, ...] = (PermissionCode.AUDIT_READ,)
    meanwhile: str = "while you were editing them"


SETTING = EditedKind(
    "setting",
    ("setting:changed", "setting:created", "setting:restored"),
    (PermissionCode.AUDIT_READ, PermissionCode.SETTINGS_UPDATE),
    "while you were editing it",
)
PROFILE = EditedKind("user", ("user:changed",), meanwhile="while you were editing it")
ASSIGNMENTS = EditedKind(
    "user", audit.OF_ROLES, (PermissionCode.AUDIT_READ, PermissionCode.ROLE_ASSIGN)
)
ROLE = EditedKind("role", ("role:renamed", "role:changed"), meanwhile="while you were editing it")
GRANTS = EditedKind("role", ("permission:granted", "permission:revoked"))


class Contested(NamedTuple):
    """Something that changed while the reader edited it: its id, its name, and how to tell why."""

    id: int
    name: str
    explains: Explains


@dataclass(frozen=True)
class Author:
    """The sentence that says who changed something, and the reason they gave."""

    sentence: str
    reason: str = ""


def author_of(kind: EditedKind, contested: Contested) -> Author | None:
    """Return who changed one thing; see `authors_of`."""
    return authors_of(kind, [contested]).get(contested.id)


def authors_of(kind: EditedKind, contested: Sequence[Contested]) -> dict[int, Author]:
    """Return who changed each thing, by its id, in one statement.

    Things without history are left out, and all things for readers who may not see their history.
    """
    if not contested or not any(map(g.me.can, kind.needs)):
        return {}
    ids = [thing.id for thing in contested]
    events = audit.last_changes(db.session, kind.target_type, ids, kind.actions)
    return {
        thing.id: _author(kind, thing, events[thing.id])
        for thing in contested
        if thing.id in events
    }


def by_fields(changed: Collection[str], stored: Mapping[str, Any]) -> Explains:
    """Explain by fields: those of the event are stored, and one of them is not what was shown.

    Args:
        changed: The fields that are not as they were shown.
        stored: The fields as they are stored.
    """

    def explains(event: AuditEvent) -> bool:
        after = audit.fields_of(event.after)
        known = stored.keys() & after.keys()
        return bool(known & set(changed)) and all(after[name] == stored[name] for name in known)

    return explains


def by_names(field: str, added: Collection[str], removed: Collection[str]) -> Explains:
    """Explain by names: the event added or removed one of those that were."""

    def explains(event: AuditEvent) -> bool:
        given, taken = (_names(text, field) for text in (event.after, event.before))
        return not (given.isdisjoint(added) and taken.isdisjoint(removed))

    return explains


def _names(text: str | None, field: str) -> set[str]:
    names = audit.fields_of(text).get(field, [])
    return {names} if isinstance(names, str) else set(map(str, names or []))


def _author(kind: EditedKind, thing: Contested, event: AuditEvent) -> Author:
    if not thing.explains(event):
        name = thing.name[0].upper() + thing.name[1:] if " " in thing.name else thing.name
        verb = "were" if kind.meanwhile.endswith("them") else "was"
        return Author(f"{name} {verb} changed outside the console {kind.meanwhile}.")
    is_own = event.actor_kind == ActorKind.PERSON and event.actor_id == g.me.id
    who = "You" if is_own else event_sentences.actor_of(event)
    meanwhile = "in another window" if is_own else kind.meanwhile
    return Author(f"{who} changed {thing.name} {_when(event)}, {meanwhile}.", event.reason)


def _when(event: AuditEvent) -> str:
    seconds = (utcnow() - event.at) // timedelta(seconds=1)
    if seconds < filters.MINUTE:
        return "just now"
    if seconds < filters.HOUR:
        return f"{counted(seconds // filters.MINUTE, 'minute')} ago"
    if seconds < filters.DAY:
        return f"{counted(seconds // filters.HOUR, 'hour')} ago"
    return f"on {filters.moment(event.at)}"
