"""Create console_failed_sign_ins: failed sign-ins, added up by the hour.

Revision ID: 009_console_failed_sign_ins
Revises: 008_console_user_names
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "009_console_failed_sign_ins"
down_revision: str | None = "008_console_user_names"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "console_failed_sign_ins"
KEY = ("hour", "user_id", "name_group", "kind", "network")


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        TABLE,
        schema.identity(),
        schema.moment("hour"),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name_group", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("network", sa.String(20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        schema.moment("last_at"),
        sa.PrimaryKeyConstraint("id", name="pk_console_failed_sign_ins"),
    )
    schema.create_index(f"ix_{TABLE}_key", TABLE, list(KEY), unique=True)
    schema.create_index(f"ix_{TABLE}_user_id", TABLE, ["user_id", "hour"])


def downgrade() -> None:
    """Drop the table, with the counts of the last weeks."""
    schema.drop_table(TABLE)
