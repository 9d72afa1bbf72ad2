"""Add the permissions that only the console asks for, and grant them to admin.

Revision ID: 003_console_permissions
Revises: 002
"""

from migrations import access

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
