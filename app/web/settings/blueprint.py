"""The blueprint of settings, and the changes that a person may see."""

from flask import Blueprint, g

from app.domain import audit, settings
from app.domain.authentication import sessions
from app.domain.errors import NotFound
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent
from app.web.session import identity

SEEN_BY = (PermissionCode.SETTINGS_UPDATE, PermissionCode.AUDIT_READ)
blueprint = Blueprint("settings", __name__, url_prefix="/settings")


def visible(event: AuditEvent | None) -> AuditEvent:
    """Return the event if the person made the change, or may see the history of settings.

    Raises:
        NotFound: The event does not exist, as far as the person may know.
    """
    if event is None or not (any(map(g.me.can, SEEN_BY)) or _is_own(event)):
        raise NotFound("This change does not exist.")
    return event


def holds_secret(setting_id: int) -> bool:
    """Tell whether the value of a setting is a secret, which takes a recent authentication.

    Raises:
        NotFound: The setting does not exist.
    """
    return settings.is_secret_setting(settings.get(db.session, setting_id))


def is_secret_key(key: str | None) -> bool:
    """Tell whether a setting with this key, as typed, is a secret, by its mark or by its name."""
    return settings.secret_marks(db.session).is_secret((key or "").strip())


def note_use_for_secret() -> None:
    """Renew the authentication, once a secret was changed that needed it.

    The guard does so for every form that always needs one. Of a setting it would have to ask the
    database first, and all but few are no secrets.
    """
    identity.note_use(g.me.identity, sessions.AUTHENTICATED)


def _is_own(event: AuditEvent) -> bool:
    return audit.is_by_user(db.session, event, g.me.id)
