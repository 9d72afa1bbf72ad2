"""Add an index for each filter of the audit log to console_audit_events, and one for its saves.

Revision ID: 010_console_audit_filters
Revises: 009_console_failed_sign_ins
"""

from migrations import schema

revision: str = "010_console_audit_filters"
down_revision: str | None = "009_console_failed_sign_ins"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "console_audit_events"
INDEXES = {
    "actor": ["actor_name", "at", "id"],
    "action": ["action", "at", "id"],
    "target_name": ["target_name", "at", "id"],
    "request": ["request_id", "at", "id"],
    "save": ["save_id", "id"],
}


def upgrade() -> None:
    """Create the indexes."""
    for name, columns in INDEXES.items():
        schema.create_index(f"ix_{TABLE}_{name}", TABLE, columns)


def downgrade() -> None:
    """Drop the indexes."""
    for name in reversed(INDEXES):
        schema.drop_index(f"ix_{TABLE}_{name}", TABLE)
