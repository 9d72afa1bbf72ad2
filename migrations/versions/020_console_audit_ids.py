"""Add indexes to console_audit_events: for the id of an actor, and for the type of a target.

Revision ID: 020_console_audit_ids
Revises: 019_console_webhooks
"""

from migrations import schema

revision: str = "020_console_audit_ids"
down_revision: str | None = "019_console_webhooks"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "console_audit_events"
INDEXES = {
    "actor_id": ["actor_id", "at", "id"],
    "type": ["target_type", "at", "id"],
}


def upgrade() -> None:
    """Create the indexes."""
    for name, columns in INDEXES.items():
        schema.create_index(f"ix_{TABLE}_{name}", TABLE, columns)


def downgrade() -> None:
    """Drop the indexes."""
    for name in reversed(INDEXES):
        schema.drop_index(f"ix_{TABLE}_{name}", TABLE)
