"""Create console_audit_events: who did what to what, and why.

No foreign key ties an event to what it tells of: events outlive users, roles and settings.
Going back deletes them all, so it is refused while there are any, unless it is said with
``-x delete-events=yes``.

Revision ID: 004_console_audit_events
Revises: 003_console_permissions
"""

import sqlalchemy as sa

from migrations import losses, schema

revision: str = "004_console_audit_events"
down_revision: str | None = "003_console_permissions"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        "console_audit_events",
        # SQLite numbers only an INTEGER PRIMARY KEY by itself.
        schema.identity(sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        schema.moment("at"),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(255), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(64), nullable=True),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("target_type", sa.String(50), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("target_name", sa.String(255), nullable=False),
        sa.Column("before", schema.long_text(), nullable=True),
        sa.Column("after", schema.long_text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=True),
        sa.Column("save_id", sa.String(36), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_console_audit_events"),
    )
    schema.create_index("ix_console_audit_events_at", "console_audit_events", ["at"])
    schema.create_index(
        "ix_console_audit_events_target",
        "console_audit_events",
        ["target_type", "target_id", "id"],
    )


def downgrade() -> None:
    """Drop the table with all events."""
    schema.drop_table("console_audit_events")


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there are events; asked before the first step of a downgrade is taken."""
    found = losses.count(connection, sa.table("console_audit_events"))
    losses.refuse(revision, "delete-events", "all recorded changes", found)
