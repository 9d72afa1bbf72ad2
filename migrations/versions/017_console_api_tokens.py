"""Create console_api_tokens and console_service_accounts.

Revision ID: 017_console_api_tokens
Revises: 016_console_user_words
"""

import sqlalchemy as sa

from migrations import losses, schema

revision: str = "017_console_api_tokens"
down_revision: str | None = "016_console_user_words"
branch_labels: str | None = None
depends_on: str | None = None

TOKENS, ACCOUNTS = "console_api_tokens", "console_service_accounts"


def upgrade() -> None:
    """Create the tables."""
    schema.create_table(
        TOKENS,
        schema.identity(),
        sa.Column("token_hash", schema.natural_key(64), nullable=False),
        sa.Column("start", sa.String(16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", schema.long_text(), nullable=True),
        schema.moment("created_at"),
        schema.moment("expires_at"),
        schema.moment("last_used_at", nullable=True),
        schema.reference(TOKENS, "user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TOKENS}"),
    )
    schema.create_index(f"ix_{TOKENS}_token_hash", TOKENS, ["token_hash"], unique=True)
    schema.create_index(f"ix_{TOKENS}_user_id", TOKENS, ["user_id"])
    schema.create_table(
        ACCOUNTS,
        schema.identity(),
        sa.Column("user_id", sa.Integer(), nullable=False),
        schema.reference(ACCOUNTS, "user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ACCOUNTS}"),
    )
    schema.create_index(f"ix_{ACCOUNTS}_user_id", ACCOUNTS, ["user_id"], unique=True)


def downgrade() -> None:
    """Drop the tables: no token works any more, and service accounts are users like others."""
    schema.drop_table(ACCOUNTS)
    schema.drop_table(TOKENS)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there are tokens; asked before the first step of a downgrade."""
    found = losses.count(connection, sa.table(TOKENS))
    losses.refuse(revision, "delete-api-tokens", "all API tokens", found)
