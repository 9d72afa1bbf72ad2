"""Create console_access_guard: the one row that everyone who changes access writes first.

Revision ID: 005_console_access_guard
Revises: 004_console_audit_events
"""

import sqlalchemy as sa
from alembic import op

from migrations import schema

revision: str = "005_console_access_guard"
down_revision: str | None = "004_console_audit_events"
branch_labels: str | None = None
depends_on: str | None = None

guard = sa.table("console_access_guard", sa.column("turn", sa.BigInteger()))


def upgrade() -> None:
    """Create the table, then its row."""
    schema.create_table(
        "console_access_guard",
        schema.identity(),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_access_guard"),
    )
    op.bulk_insert(guard, [{"turn": 0}])


def downgrade() -> None:
    """Drop the table."""
    schema.drop_table("console_access_guard")
