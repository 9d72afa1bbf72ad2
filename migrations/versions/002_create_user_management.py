"""Create users, roles and permissions, and insert the default roles and permissions.

Going back deletes every user, so it is refused while there are any, unless it is said with
``-x delete-users=yes``.

Revision ID: 002
Revises: 001
"""

import sqlalchemy as sa
from alembic import op

from migrations import access, losses, schema

revision: str = "002"
down_revision: str | None = "001"
branch_labels: str | None = None
depends_on: str | None = None

roles = sa.table(
    "roles",
    sa.column("name", sa.String()),
    sa.column("description", sa.Text()),
    sa.column("is_system", sa.Boolean()),
)

ROLES = {
    "admin": "Runs the system: holds every permission.",
    "user": "Works with documents.",
    "viewer": "Reads documents.",
}
PERMISSIONS = {
    "user:create": "Create users",
    "user:read": "See users and their roles",
    "user:update": "Change, activate and deactivate users",
    "user:delete": "Delete users",
    "document:create": "Upload documents",
    "document:read": "Read documents and ask questions about them",
    "document:update": "Change documents",
    "document:delete": "Delete documents",
    "settings:read": "See application settings",
    "settings:update": "Change application settings",
}
GRANTS = {
    "admin": list(PERMISSIONS),
    "user": ["document:create", "document:read", "document:update"],
    "viewer": ["document:read"],
}


def upgrade() -> None:
    """Create the five tables, then insert roles, permissions and grants."""
    _create_users()
    _create_roles()
    _create_permissions()
    _create_association("user_roles", "user", "role")
    _create_association("role_permissions", "role", "permission")
    op.bulk_insert(
        roles,
        [
            {"name": name, "description": description, "is_system": True}
            for name, description in ROLES.items()
        ],
    )
    access.add_permissions(PERMISSIONS)
    for role, codes in GRANTS.items():
        access.grant(role, codes)


def downgrade() -> None:
    """Drop the five tables, those that point at others first."""
    schema.drop_copy_of_names()
    for table in ("role_permissions", "user_roles", "permissions", "roles", "users"):
        schema.drop_table(table)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there are users; asked before the first step of a downgrade is taken."""
    losses.refuse(
        revision, "delete-users", "all users", losses.count(connection, sa.table("users"))
    )


def _create_users() -> None:
    schema.create_table(
        "users",
        schema.identity(),
        sa.Column("username", schema.natural_key(255), nullable=False),
        sa.Column("email", schema.natural_key(255), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("full_name", sa.String(255), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("is_verified", sa.Boolean(), nullable=False, server_default=sa.false()),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    schema.create_index("ix_users_username", "users", ["username"], unique=True)
    schema.create_index("ix_users_email", "users", ["email"], unique=True)
    schema.create_index("ix_users_is_active", "users", ["is_active"])
    schema.create_index("ix_users_created_at", "users", ["created_at"])


def _create_roles() -> None:
    schema.create_table(
        "roles",
        schema.identity(),
        sa.Column("name", schema.natural_key(100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_system", sa.Boolean(), nullable=False, server_default=sa.false()),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
    )
    schema.create_index("ix_roles_name", "roles", ["name"], unique=True)


def _create_permissions() -> None:
    schema.create_table(
        "permissions",
        schema.identity(),
        sa.Column("code", schema.natural_key(255), nullable=False),
        sa.Column("resource", sa.String(100), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name="pk_permissions"),
    )
    schema.create_index("ix_permissions_code", "permissions", ["code"], unique=True)
    schema.create_index("ix_permissions_resource", "permissions", ["resource"])
    schema.create_index("ix_permissions_resource_action", "permissions", ["resource", "action"])


def _create_association(name: str, owner: str, owned: str) -> None:
    schema.create_table(
        name,
        sa.Column(f"{owner}_id", sa.Integer(), nullable=False),
        sa.Column(f"{owned}_id", sa.Integer(), nullable=False),
        schema.reference(name, owner),
        schema.reference(name, owned),
        sa.PrimaryKeyConstraint(f"{owner}_id", f"{owned}_id", name=f"pk_{name}"),
    )
    schema.create_index(f"ix_{name}_{owned}_id", name, [f"{owned}_id"])
