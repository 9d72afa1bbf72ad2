"""What the pages of settings share: their blueprint, and which changes a person may see."""

from flask import Blueprint, g

from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.models import AuditEvent

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


def visible(event: AuditEvent | None) -> AuditEvent:
    """Return the event if the person made the change, or may read what others changed.

    Raises:
        NotFound: There is no such event, as far as the person may know.
    """
    is_own = event is not None and event.actor_kind == "person" and event.actor_id == g.me.id
    if event is None or not (is_own or g.me.can(PermissionCode.AUDIT_READ)):
        raise NotFound("There is no such change.")
    return event
