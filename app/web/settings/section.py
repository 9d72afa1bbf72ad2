"""What the pages of settings share: their blueprint, and what a person may do and see there."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.models import AuditEvent

Page = Response | tuple[str, int]

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


def missing(code: PermissionCode = PermissionCode.SETTINGS_UPDATE) -> PermissionCode | None:
    """Return the permission, to change settings unless another is named, if the person lacks it."""
    return None if g.me.can(code) else code


def visible(event: AuditEvent | None) -> AuditEvent:
    """Return the event if the person made the change, or may read what others changed.

    Raises:
        NotFound: There is no such event, as far as the person may know.
    """
    is_own = event is not None and event.actor_kind == "person" and event.actor_id == g.me.id
    if event is None or not (is_own or g.me.can(PermissionCode.AUDIT_READ)):
        raise NotFound("There is no such change.")
    return event
