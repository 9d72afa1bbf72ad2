"""Access: effective permissions, escalation, administrators, and the locks of their changes."""

from app.domain.access.administrators import (
    LastAdministrator,
    administrators,
    can_sign_in,
    has_administrator,
    is_administrator,
    is_administrator_left,
    is_last_administrator,
    last_administrator,
    refuse_losing,
    refuse_without_administrator,
)
from app.domain.access.effective_permissions import (
    AssignableRole,
    EffectivePermission,
    Explanation,
    assignable_roles,
    explain,
    permissions_of,
)
from app.domain.access.escalation import (
    PermissionSet,
    RoleGrants,
    exceeds,
    may_act_for,
    own_permissions,
    refuse_escalation,
    require,
    why_not,
)
from app.domain.access.locks import load_user_for_update, serialize_access_changes

__all__ = [
    "AssignableRole",
    "EffectivePermission",
    "Explanation",
    "LastAdministrator",
    "PermissionSet",
    "RoleGrants",
    "administrators",
    "assignable_roles",
    "can_sign_in",
    "exceeds",
    "explain",
    "has_administrator",
    "is_administrator",
    "is_administrator_left",
    "is_last_administrator",
    "last_administrator",
    "load_user_for_update",
    "may_act_for",
    "own_permissions",
    "permissions_of",
    "refuse_escalation",
    "refuse_losing",
    "refuse_without_administrator",
    "require",
    "serialize_access_changes",
    "why_not",
]
