"""Create console_second_factors and console_recovery_codes.

Revision ID: 015_console_second_factor
Revises: 014_console_sign_in_throttle
"""

import sqlalchemy as sa

from migrations import losses, schema

revision: str = "015_console_second_factor"
down_revision: str | None = "014_console_sign_in_throttle"
branch_labels: str | None = None
depends_on: str | None = None

FACTORS, CODES = "console_second_factors", "console_recovery_codes"


def upgrade() -> None:
    """Create the tables."""
    schema.create_table(
        FACTORS,
        schema.identity(),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(255), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        schema.moment("created_at"),
        schema.moment("confirmed_at", nullable=True),
        schema.reference(FACTORS, "user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{FACTORS}"),
    )
    schema.create_index(f"ix_{FACTORS}_user_id", FACTORS, ["user_id"], unique=True)
    schema.create_table(
        CODES,
        schema.identity(),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", schema.natural_key(64), nullable=False),
        schema.reference(CODES, "user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CODES}"),
    )
    schema.create_index(f"ix_{CODES}_user_id", CODES, ["user_id"])
    schema.create_index(f"ix_{CODES}_code_hash", CODES, ["code_hash"], unique=True)


def downgrade() -> None:
    """Drop the tables: everybody signs in with the password alone."""
    schema.drop_table(CODES)
    schema.drop_table(FACTORS)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there are second factors; asked before the first step of a downgrade."""
    found = losses.count(connection, sa.table(FACTORS))
    losses.refuse(revision, "delete-second-factors", "all second factors", found)
