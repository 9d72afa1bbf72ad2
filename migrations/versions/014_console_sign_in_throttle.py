"""Create console_sign_in_throttle: the budgets of attempts to sign in.

Revision ID: 014_console_sign_in_throttle
Revises: 012_console_setting_rules
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "014_console_sign_in_throttle"
down_revision: str | None = "012_console_setting_rules"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "console_sign_in_throttle"
KEY = ("account", "network", "device")


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        TABLE,
        schema.identity(),
        *(sa.Column(name, schema.natural_key(32), nullable=False) for name in KEY),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    schema.create_index(f"ix_{TABLE}_key", TABLE, list(KEY), unique=True)
    schema.create_index(f"ix_{TABLE}_network", TABLE, ["network"])
    schema.create_index(f"ix_{TABLE}_full_at", TABLE, ["full_at"])


def downgrade() -> None:
    """Drop the table; all budgets are full again."""
    schema.drop_table(TABLE)
