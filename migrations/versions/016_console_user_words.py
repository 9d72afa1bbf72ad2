"""Create console_user_words: the words of full names, by which people are found.

The folded copies of names get the full name that the words were made from. Their table is made anew
for it: ``flask db upgrade`` copies the names of all users afterwards, in short transactions.

Revision ID: 016_console_user_words
Revises: 015_console_second_factor
"""

import sqlalchemy as sa

from migrations import schema

revision: str = "016_console_user_words"
down_revision: str | None = "015_console_second_factor"
branch_labels: str | None = None
depends_on: str | None = None

NAMES, WORDS = "console_user_names", "console_user_words"


def upgrade() -> None:
    """Create the table, and that of the copies anew."""
    _make_names(sa.Column("full_name", sa.String(255), nullable=True))
    schema.create_table(
        WORDS,
        sa.Column("user_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("word", schema.natural_key(255), nullable=False),
        schema.reference(WORDS, "user"),
        sa.PrimaryKeyConstraint("user_id", "word", name=f"pk_{WORDS}"),
    )
    schema.create_index(f"ix_{WORDS}_word_user_id", WORDS, ["word", "user_id"])


def downgrade() -> None:
    """Drop the table, and make that of the copies anew, as it was."""
    schema.drop_table(WORDS)
    _make_names()


def _make_names(*more: sa.Column[str]) -> None:
    schema.drop_table(NAMES)
    schema.create_table(
        NAMES,
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", schema.natural_key(511), nullable=False),
        sa.Column("username", schema.natural_key(255), nullable=True),
        sa.Column("email", schema.natural_key(255), nullable=True),
        sa.Column("skeleton", schema.natural_key(255), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["id"], ["users.id"], name=f"fk_{NAMES}_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{NAMES}"),
    )
    for column in ("username", "email", "skeleton"):
        schema.create_index(f"ix_{NAMES}_{column}", NAMES, [column])
