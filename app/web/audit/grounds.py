"""The roles by which an actor may do today what an event tells of."""

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
    """A permission, and the roles that give it to the actor today.

    Attributes:
        code: The permission; "" where the action needs none.
        roles: The roles; none if the actor does not hold the permission today.
        is_there: Whether the actor is still a user.
    """

    code: str
    roles: tuple[str, ...] = ()
    is_there: bool = True


def of(entry: HistoryEntry) -> Grounds | None:
    """Return the grounds of a person's action; None where no permission was asked for."""
    event = entry.event
    code = _needed(event)
    if not code or event.actor_kind not in USERS or event.actor_id is None:
        return None
    if not entry.has_actor:
        return Grounds(code, is_there=False)
    permissions = access.permissions_of(db.session, event.actor_id)
    return Grounds(code, next((each.roles for each in permissions if each.code == code), ()))


def _needed(event: AuditEvent) -> str:
    if event.action == "permission:denied":
        return str(audit.fields_of(event.after).get("permission", ""))
    return NEEDS.get(event.action, "")
