"""Create console_links: links that work once, to become administrator or to choose a password.

Revision ID: 007_console_links
Revises: 006_console_sessions
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "007_console_links"
down_revision: str | None = "006_console_sessions"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        "console_links",
        schema.identity(),
        sa.Column("token_hash", schema.natural_key(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        schema.moment("created_at"),
        schema.moment("expires_at"),
        schema.moment("used_at", nullable=True),
        schema.reference("console_links", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_console_links"),
    )
    schema.create_index("ix_console_links_token_hash", "console_links", ["token_hash"], unique=True)
    schema.create_index("ix_console_links_user_id", "console_links", ["user_id"])


def downgrade() -> None:
    """Drop the table; links that were handed out no longer work."""
    schema.drop_table("console_links")
