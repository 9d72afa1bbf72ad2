"""The permissions of a user and the revision of the database, for the statements that identify."""

from typing import Any

from sqlalchemy import String, column, exists, func, literal_column, select, table

from app.domain.permissions import PermissionCode
from app.models import Permission, Role, User, role_permissions
from app.models.user import ADMIN, user_roles

_OWN = user_roles.c.user_id == User.id

ADMINISTERS: Any = (
    exists()
    .where(_OWN, user_roles.c.role_id == Role.id, Role.name == ADMIN)
    .correlate(User)
    .label("is_administrator")
)
# Only the console's own codes: those of other programs may contain the separator.
CODES: Any = (
    select(func.aggregate_strings(Permission.code, ","))
    .join(role_permissions, role_permissions.c.permission_id == Permission.id)
    .join(user_roles, user_roles.c.role_id == role_permissions.c.role_id)
    .where(_OWN, Permission.code.in_([literal_column(f"'{code}'") for code in PermissionCode]))
    .correlate(User)
    .scalar_subquery()
    .label("codes")
)
REVISION: Any = (
    select(func.max(column("version_num", String)))
    .select_from(table("alembic_version"))
    .scalar_subquery()
    .label("revision")
)


def codes_in(text: str | None) -> frozenset[str]:
    """Return the codes that the column ``codes`` holds."""
    return frozenset((text or "").split(","))
