"""The roles by which an actor could do what an event tells of, at its time."""

from dataclasses import dataclass

from app.domain import access, audit
from app.domain.actor import ActorKind
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent

USERS = frozenset({ActorKind.PERSON, ActorKind.PROGRAM})
NEEDS = {
    "setting:changed": PermissionCode.SETTINGS_UPDATE,
    "setting:created": PermissionCode.SETTINGS_CREATE,
    "setting:deleted": PermissionCode.SETTINGS_DELETE,
    "setting:restored": PermissionCode.SETTINGS_CREATE,
    "setting:rule-changed": PermissionCode.SETTINGS_UPDATE,
    "relation:added": PermissionCode.SETTINGS_UPDATE,
    "relation:changed": PermissionCode.SETTINGS_UPDATE,
    "relation:removed": PermissionCode.SETTINGS_UPDATE,
    "category:flagged": PermissionCode.SETTINGS_UPDATE,
    "user:created": PermissionCode.USER_CREATE,
    "user:changed": PermissionCode.USER_UPDATE,
    "user:deleted": PermissionCode.USER_DELETE,
    "user:activated": PermissionCode.USER_UPDATE,
    "user:deactivated": PermissionCode.USER_UPDATE,
    "password:reset-started": PermissionCode.USER_UPDATE,
    "sessions:ended": PermissionCode.USER_UPDATE,
    "role:assigned": PermissionCode.ROLE_ASSIGN,
    "role:unassigned": PermissionCode.ROLE_ASSIGN,
    "role:created": PermissionCode.ROLE_CREATE,
    "role:changed": PermissionCode.ROLE_UPDATE,
    "role:renamed": PermissionCode.ROLE_UPDATE,
    "role:deleted": PermissionCode.ROLE_DELETE,
    "permission:granted": PermissionCode.ROLE_UPDATE,
    "permission:revoked": PermissionCode.ROLE_UPDATE,
    "users:exported": PermissionCode.USER_READ,
    "roles:exported": PermissionCode.ROLE_READ,
    "events:exported": PermissionCode.AUDIT_READ,
}


@dataclass(frozen=True)
class Grounds:
    """A permission, and the roles that gave it to the actor.

    Attributes:
        code: The permission.
        roles: The roles as they were called then; none if none of them granted the permission, None
            if it is not known, because the user is gone and their deletion was not recorded.
    """

    code: str
    roles: tuple[str, ...] | None


def of(entry: HistoryEntry) -> Grounds | None:
    """Return the grounds of a person's action; None where no permission was asked for."""
    event = entry.event
    code = _needed(event)
    if not code or event.actor_kind not in USERS or event.actor_id is None:
        return None
    return Grounds(code, access.roles_at(db.session, event, code, has_actor=entry.has_actor))


def _needed(event: AuditEvent) -> str:
    if event.action == "permission:denied":
        return str(audit.fields_of(event.after).get("permission", ""))
    return NEEDS.get(event.action, "")
