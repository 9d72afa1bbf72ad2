"""Create console_readers: the reports of the programs that read settings.

Revision ID: 018_console_readers
Revises: 017_console_api_tokens
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "018_console_readers"
down_revision: str | None = "017_console_api_tokens"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "console_readers"


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        TABLE,
        schema.identity(),
        sa.Column("name", schema.natural_key(100), nullable=False),
        sa.Column("instance", schema.natural_key(100), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("settings", schema.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    schema.create_index(f"ix_{TABLE}_process", TABLE, ["name", "instance"], unique=True)
    schema.create_index(f"ix_{TABLE}_last_seen", TABLE, ["last_seen"])


def downgrade() -> None:
    """Drop the table; readers go on without reporting."""
    schema.drop_table(TABLE)
