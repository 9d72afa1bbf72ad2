"""The form that undoes a save, and the events that somebody may see to undo them."""

from flask import g
from wtforms import TextAreaField

from app.domain import audit
from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent
from app.web.forms import REASON
from app.web.review import ConfirmationForm

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


def _may_see(event: AuditEvent) -> bool:
    needs = [PermissionCode.AUDIT_READ]
    if event.action in audit.OF_ROLES:
        needs.append(PermissionCode.ROLE_ASSIGN)
    return any(map(g.me.can, needs))
