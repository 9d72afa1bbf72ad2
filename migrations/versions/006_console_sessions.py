"""Create console_sessions: one row per browser that has signed in.

Revision ID: 006_console_sessions
Revises: 005_console_access_guard
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "006_console_sessions"
down_revision: str | None = "005_console_access_guard"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        "console_sessions",
        schema.identity(),
        sa.Column("token_hash", schema.natural_key(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        schema.moment("created_at"),
        schema.moment("last_seen_at"),
        schema.moment("authenticated_at"),
        sa.Column("address", sa.String(64), nullable=True),
        sa.Column("user_agent", sa.String(255), nullable=True),
        schema.reference("console_sessions", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_console_sessions"),
    )
    schema.create_index(
        "ix_console_sessions_token_hash", "console_sessions", ["token_hash"], unique=True
    )
    schema.create_index("ix_console_sessions_user_id", "console_sessions", ["user_id"])


def downgrade() -> None:
    """Drop the table, which signs everybody out."""
    schema.drop_table("console_sessions")
