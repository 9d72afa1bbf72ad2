"""Add the permissions that only the console asks for, and grant them to admin.

Going back takes them from every role, so it is refused while another role than admin has one,
unless it is said with ``-x delete-grants=yes``.

Revision ID: 003_console_permissions
Revises: 002
"""

import sqlalchemy as sa

from migrations import access, losses

revision: str = "003_console_permissions"
down_revision: str | None = "002"
branch_labels: str | None = None
depends_on: str | None = None

PERMISSIONS = {
    "settings:create": "Add application settings",
    "settings:delete": "Delete application settings",
    "role:create": "Create roles",
    "role:read": "See roles and what they grant",
    "role:update": "Change what roles grant",
    "role:delete": "Delete roles",
    "role:assign": "Assign roles to users",
    "audit:read": "See who changed what",
}


def upgrade() -> None:
    """Insert the permissions and their grants."""
    access.add_permissions(PERMISSIONS)
    access.grant("admin", list(PERMISSIONS))


def downgrade() -> None:
    """Remove the permissions and whatever was granted of them."""
    access.remove_permissions(list(PERMISSIONS))


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while other roles than admin grant them; asked before the first step is taken."""
    granted = sa.and_(
        access.role_permissions.c.permission_id.in_(
            sa.select(access.permissions.c.id).where(access.permissions.c.code.in_(PERMISSIONS))
        ),
        access.role_permissions.c.role_id.not_in(
            sa.select(access.roles.c.id).where(access.roles.c.name == "admin")
        ),
    )
    found = losses.count(connection, access.role_permissions, granted)
    losses.refuse(revision, "delete-grants", "grants of the console's permissions", found)
