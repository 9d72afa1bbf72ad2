"""Create console_user_names: folded copies of user names and email addresses.

``flask db upgrade`` copies the names of all users afterwards, in short transactions. Without it,
the console copies some of them whenever a name is changed or somebody signs in.

Revision ID: 008_console_user_names
Revises: 007_console_links
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "008_console_user_names"
down_revision: str | None = "007_console_links"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the table."""
    schema.create_table(
        "console_user_names",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", schema.natural_key(511), nullable=False),
        sa.Column("username", schema.natural_key(255), nullable=True),
        sa.Column("email", schema.natural_key(255), nullable=True),
        sa.Column("skeleton", schema.natural_key(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["users.id"], name="fk_console_user_names_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_console_user_names"),
    )
    for column in ("username", "email", "skeleton"):
        schema.create_index(f"ix_console_user_names_{column}", "console_user_names", [column])


def downgrade() -> None:
    """Drop the table; it can be made again from the users."""
    schema.drop_table("console_user_names")
