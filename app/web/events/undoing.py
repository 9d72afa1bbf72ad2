"""The form that undoes a save, and the events that somebody may see to undo them."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from flask import g, request
from wtforms import TextAreaField

from app.domain import audit
from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent, Role, User
from app.web.events import sentences
from app.web.forms import REASON
from app.web.review import ConfirmationForm
from app.web.row_ids import possible_id

NAMED = 100
NOTHING = "Nothing to undo"


class AccessUndoForm(ConfirmationForm):
    """The reason for undoing a save."""

    reason = TextAreaField("Reason", description=REASON)


def visible_event(event_id: int) -> AuditEvent:
    """Return an event that the person may see.

    Raises:
        NotFound: The event does not exist, or is in no history that the person may see.
    """
    event = audit.get(db.session, event_id)
    if event is None or not _may_see(event):
        raise NotFound("This change does not exist.")
    return event


class EarlierFields(NamedTuple):
    """The fields from before an edit, with which its form was filled in.

    Attributes:
        fields: The fields that the edit changed, as they were.
        title: Whose edit it was.
        sentence: What to do with them.
        reason: The reason to suggest.
    """

    fields: Mapping[str, Any]
    title: str
    sentence: str
    reason: str


def earlier_fields(
    row: User | Role, actions: Collection[str], present: Mapping[str, Any]
) -> EarlierFields | None:
    """Return the fields from before the edit that the URL names by ``undo``; None if it names none.

    Args:
        row: The user or role that is edited.
        actions: The actions that record such edits.
        present: The fields as they are stored.

    Raises:
        NotFound: The event does not exist, or is of something else.
    """
    event_id = possible_id(request.args.get("undo"))
    if not event_id:
        return None
    event = visible_event(event_id)
    # Ids are given again: an older event is of another row.
    if event.action not in actions or event.target_id != row.id or row.created_at > event.at:
        raise NotFound("This change does not exist.")
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    title = f"Filled in: what was there before the change by {sentences.actor_of(event)}"
    reason = f"Undoes the change of {event.at:%Y-%m-%d %H:%M UTC}."
    return EarlierFields(before, title, _advice(before, after, present), reason)


def _advice(before: Mapping[str, Any], after: Mapping[str, Any], present: Mapping[str, Any]) -> str:
    stored = {name: present.get(name) or None for name in before}
    if stored == {name: value or None for name, value in before.items()}:
        return "It is what is stored: there is nothing to restore."
    if stored != {name: after.get(name) or None for name in before}:
        return "It has changed since then. Compare, then save to restore what was there before."
    return "It is not saved yet. Save it to restore it."


def _may_see(event: AuditEvent) -> bool:
    needs = [PermissionCode.AUDIT_READ]
    if event.action in audit.OF_ROLES:
        needs.append(PermissionCode.ROLE_ASSIGN)
    return any(map(g.me.can, needs))
