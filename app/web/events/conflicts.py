"""Conflicts with a name: who changed what somebody else was editing, when, and why."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import g

from app.domain import audit
from app.domain.actor import ActorKind
from app.domain.errors import ChangedMeanwhile
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.reviews import ReviewOutdated
from app.extensions import db
from app.models import AuditEvent
from app.models.base import utcnow
from app.web import filters
from app.web.events import sentences, undo_urls, verbs

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
RULE = EditedKind("setting", ("setting:rule-changed",), SETTING.needs, SETTING.meanwhile)
RELATION = EditedKind("relation", ("relation:changed",), SETTING.needs, SETTING.meanwhile)
PROFILE = EditedKind("user", ("user:changed",), meanwhile="while you were editing it")
ASSIGNMENTS = EditedKind(
    "user", audit.OF_ROLES, (PermissionCode.AUDIT_READ, PermissionCode.ROLE_ASSIGN)
)
ROLE = EditedKind("role", ("role:renamed", "role:changed"), meanwhile="while you were editing it")
GRANTS = EditedKind("role", ("permission:granted", "permission:revoked"))
# The same for pages that delete, which show everything.
OPEN = "while you had this page open"
DELETED_SETTING = SETTING._replace(meanwhile=OPEN)
DELETED_USER = EditedKind("user", (*PROFILE.actions, *ASSIGNMENTS.actions), meanwhile=OPEN)
DELETED_ROLE = EditedKind("role", (*ROLE.actions, *GRANTS.actions), meanwhile=OPEN)


class Contested(NamedTuple):
    """Something that changed while the reader edited it.

    Attributes:
        id: Its id.
        name: Its name.
        explains: Tells whether an event explains the change.
        is_certain: Whether a change that its newest event does not explain came from outside.
    """

    id: int
    name: str
    explains: Explains
    is_certain: bool = True


@dataclass(frozen=True)
class Author:
    """The sentence that says who changed something, and the reason they gave."""

    sentence: str
    reason: str = ""


def author_of(kind: EditedKind, contested: Contested) -> Author | None:
    """Return who changed one thing; see `authors_of`."""
    return authors_of(kind, [contested]).get(contested.id)


def tell_author(form: Any, kind: EditedKind, target_id: int, name: str) -> None:
    """Let a refused deletion say who changed the thing, and let the form remember the time.

    Args:
        form: The form; ``form.shown_at`` has the time at which its page was shown.
        kind: The kind of the thing.
        target_id: Its id.
        name: Its name.
    """
    # An outdated review is not a change of the thing itself.
    is_changed = isinstance(form.rule_error, ChangedMeanwhile)
    if is_changed and type(form.rule_error) is not ReviewOutdated:
        contested = Contested(target_id, name, _since(form.shown_at.data or ""), is_certain=False)
        if author := author_of(kind, contested):
            reason = f"Reason: “{author.reason}”. " if author.reason else ""
            form.refusal = f"{author.sentence} {reason}Check this page again before you delete."
    form.shown_at.data = utcnow().isoformat()


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
        if thing.id in events and (thing.is_certain or thing.explains(events[thing.id]))
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


def _since(shown_at: str) -> Explains:
    """Explain by time: the event is no older than the page."""
    try:
        start = datetime.fromisoformat(shown_at)
    except ValueError:
        return lambda _event: False
    return lambda event: start.tzinfo is not None and event.at >= start


def _names(text: str | None, field: str) -> set[str]:
    names = audit.fields_of(text).get(field, [])
    return {names} if isinstance(names, str) else set(map(str, names or []))


def _author(kind: EditedKind, thing: Contested, event: AuditEvent) -> Author:
    if not thing.explains(event):
        name = thing.name[0].upper() + thing.name[1:] if " " in thing.name else thing.name
        verb = "were" if kind.meanwhile.endswith("them") else "was"
        return Author(f"{name} {verb} changed outside the console {kind.meanwhile}.")
    is_own = event.actor_kind == ActorKind.PERSON and event.actor_id == g.me.id
    who = "You" if is_own else sentences.actor_of(event)
    meanwhile = "in another window" if is_own else kind.meanwhile
    verb = verbs.VERBS[event.action] if event.action in undo_urls.ADDED else "changed"
    return Author(f"{who} {verb} {thing.name} {_when(event)}, {meanwhile}.", event.reason)


def _when(event: AuditEvent) -> str:
    seconds = (utcnow() - event.at) // timedelta(seconds=1)
    if seconds < filters.MINUTE:
        return "just now"
    if seconds < filters.HOUR:
        return f"{counted(seconds // filters.MINUTE, 'minute')} ago"
    if seconds < filters.DAY:
        return f"{counted(seconds // filters.HOUR, 'hour')} ago"
    return f"on {filters.moment(event.at)}"
