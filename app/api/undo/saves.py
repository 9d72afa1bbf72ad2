"""A save is undone by any of its events: reviewed, then undone as reviewed."""

from typing import Any

from app.api import bearer, preconditions, problems
from app.api.endpoint import Answer, endpoint, reviewed, saved
from app.api.schemas import FIELDS, REASON, TEXT, given, taken
from app.api.undo.access import OF_DELETED_ROLES, OF_ROLES, OF_USERS
from app.api.undo.kind import Kind
from app.api.undo.settings import OF_SETTINGS, mistakes
from app.domain import audit, roles, settings, users
from app.domain.actor import Actor
from app.domain.confirmation import Confirmation
from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkRefused
from app.extensions import db
from app.models import AuditEvent, DbSession

PATH = "/audit/<row:event_id>/undo"
CHANGE = given(action=TEXT, target_type=TEXT, target_name=TEXT, before=FIELDS, after=FIELDS)
LEFT_OUT = given(name=TEXT, reason=TEXT)
DECLARED: dict[str, Any] = {
    "needs": (*OF_SETTINGS.needs, *OF_USERS.needs, *OF_ROLES.needs, *OF_DELETED_ROLES.needs),
    "gives": given(
        items={"type": "array", "items": CHANGE}, left_out={"type": "array", "items": LEFT_OUT}
    ),
    "has_etag": True,
}
KINDS = {
    **dict.fromkeys(settings.UNDOABLE, OF_SETTINGS),
    **dict.fromkeys(users.UNDOABLE, OF_USERS),
    **dict.fromkeys(roles.UNDOABLE, OF_ROLES),
    roles.DELETED: OF_DELETED_ROLES,
}


@endpoint("GET", PATH, **DECLARED)
def review(event_id: int) -> Answer:
    """Tell what undoing the save of an event would change, and what has changed since."""
    answer: Answer = reviewed(_kind(event_id).review, event_id).answer
    return answer


@endpoint("POST", PATH, takes=taken(**REASON), **DECLARED)
def undo(event_id: int, body: dict[str, Any]) -> Any:
    """Undo the save of an event, as far as it still stands; the review names what stays."""
    try:
        return saved(_undo, _kind(event_id), event_id, body.get("reason", ""))
    except BulkRefused as refusal:
        return problems.refused(refusal, mistakes(event_id, refusal))


def _undo(session: DbSession, kind: Kind, event_id: int, reason: str, *, actor: Actor) -> Answer:
    kind.lock(session)
    found = kind.review(session, event_id, actor=actor)
    preconditions.compare(found.answer.etag or "")
    kind.undo(session, event_id, Confirmation(reason, found.reviewed), actor=actor)
    return found.answer


def _kind(event_id: int) -> Kind:
    """Return the kind of a save, if the caller may undo such saves and see the event."""
    event = audit.get(db.session, event_id)
    kind = KINDS.get(event.action) if event else None
    if event is None or kind is None:
        raise NotFound("This change does not exist.")
    bearer.hold(kind.needs, kind.read)
    if kind is not OF_SETTINGS and not _may_see(event):
        raise NotFound("This change does not exist.")
    return kind


def _may_see(event: AuditEvent) -> bool:
    # Whoever may assign roles sees that in the history of a user.
    is_of_roles = event.action in audit.OF_ROLES
    codes = (PermissionCode.AUDIT_READ, *([PermissionCode.ROLE_ASSIGN] if is_of_roles else []))
    return any(map(bearer.caller().can, codes))
