"""Create console_webhooks and console_webhook_deliveries: receivers of changes, and what they got.

Revision ID: 019_console_webhooks
Revises: 018_console_readers
"""

import sqlalchemy as sa

from migrations import losses, schema

revision: str = "019_console_webhooks"
down_revision: str | None = "018_console_readers"
branch_labels: str | None = None
depends_on: str | None = None

WEBHOOKS, DELIVERIES = "console_webhooks", "console_webhook_deliveries"


def upgrade() -> None:
    """Create the tables."""
    schema.create_table(
        WEBHOOKS,
        schema.identity(),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("subjects", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(500), nullable=False),
        sa.Column("former_secret", sa.String(500), nullable=True),
        schema.moment("former_until", nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stopped_because", sa.String(200), nullable=True),
        schema.moment("failing_since", nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{WEBHOOKS}"),
    )
    schema.create_table(
        DELIVERIES,
        schema.identity(sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", schema.natural_key(40), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("payload", schema.long_text(), nullable=False),
        sa.Column("state", schema.natural_key(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        schema.moment("created_at"),
        schema.moment("due_at"),
        schema.moment("attempted_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            [f"{WEBHOOKS}.id"],
            name=f"fk_{DELIVERIES}_webhook_id_{WEBHOOKS}",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{DELIVERIES}"),
    )
    schema.create_index(f"ix_{DELIVERIES}_webhook_id", DELIVERIES, ["webhook_id", "id"])
    schema.create_index(f"ix_{DELIVERIES}_state", DELIVERIES, ["state", "due_at"])
    schema.create_index(f"ix_{DELIVERIES}_created_at", DELIVERIES, ["created_at"])


def downgrade() -> None:
    """Drop the tables: nobody is told of changes any more."""
    schema.drop_table(DELIVERIES)
    schema.drop_table(WEBHOOKS)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there are webhooks; asked before the first step of a downgrade."""
    found = losses.count(connection, sa.table(WEBHOOKS))
    losses.refuse(revision, "delete-webhooks", "all webhooks with their deliveries", found)
