"""Create the rules of settings, and insert those of the default settings.

``console_setting_rules`` holds what a value has to be and ``console_value_relations`` what values
have to be to each other; ``console_category_rules`` says which categories ask for a reason. A value
that breaks its rule stays as it is, and is marked. Going back deletes every rule, so it is refused
while any was edited or added, unless it is said with ``-x delete-rules=yes``.

Revision ID: 012_console_setting_rules
Revises: 011_console_audit_chain
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations import losses, schema

revision: str = "012_console_setting_rules"
down_revision: str | None = "011_console_audit_chain"
branch_labels: str | None = None
depends_on: str | None = None

RULES = "console_setting_rules"
CATEGORIES = "console_category_rules"
RELATIONS = "console_value_relations"

rules = sa.table(
    RULES,
    sa.column("key", sa.String()),
    sa.column("schema", sa.Text()),
    sa.column("unit", sa.String()),
    sa.column("severity", sa.String()),
    sa.column("requires_reason", sa.Boolean()),
    sa.column("is_secret", sa.Boolean()),
)
relations = sa.table(
    RELATIONS,
    sa.column("expression", sa.String()),
    sa.column("severity", sa.String()),
    sa.column("message", sa.String()),
)

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
PROVIDERS = ["openai", "anthropic", "google", "huggingface", "llamacpp", "ollama"]
DEFAULTS: dict[str, tuple[dict[str, Any] | None, str | None]] = {
    "chunk_overlap": ({"minimum": 0}, "characters"),
    "chunk_size": ({"minimum": 1}, "characters"),
    "cache_ttl_default": (None, "seconds"),
    "llm_max_tokens": (None, "tokens"),
    "llm_provider": ({"enum": PROVIDERS}, None),
    "llm_timeout": (None, "seconds"),
    "log_level": ({"enum": LEVELS}, None),
    "max_document_size": ({"format": "size"}, None),
}
RELATION = "chunk_overlap < chunk_size"
REFUSE = "refuse"


def upgrade() -> None:
    """Create the tables, then insert the rules of the defaults."""
    schema.create_table(
        RULES,
        schema.identity(),
        sa.Column("key", schema.natural_key(255), nullable=False),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(30), nullable=True),
        _severity(),
        _requires_reason(),
        sa.Column("is_secret", sa.Boolean(), nullable=True),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RULES}"),
    )
    schema.create_index(f"ix_{RULES}_key", RULES, ["key"], unique=True)
    schema.create_table(
        CATEGORIES,
        schema.identity(),
        sa.Column("category", schema.natural_key(100), nullable=False),
        _requires_reason(),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CATEGORIES}"),
    )
    schema.create_index(f"ix_{CATEGORIES}_category", CATEGORIES, ["category"], unique=True)
    schema.create_table(
        RELATIONS,
        schema.identity(),
        sa.Column("expression", sa.String(500), nullable=False),
        _severity(),
        sa.Column("message", sa.String(500), nullable=True),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RELATIONS}"),
    )
    op.bulk_insert(rules, [_default(key) for key in DEFAULTS])
    op.bulk_insert(relations, [{"expression": RELATION, "severity": REFUSE, "message": None}])


def downgrade() -> None:
    """Drop the tables with all rules."""
    for table in (RELATIONS, CATEGORIES, RULES):
        schema.drop_table(table)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while rules were edited or added; asked before the first step is taken."""
    found = (
        losses.count(connection, rules, sa.not_(_is_default())),
        losses.count(connection, sa.table(CATEGORIES)),
        losses.count(connection, relations, relations.c.expression != RELATION),
    )
    edited = None if connection is None else sum(count or 0 for count in found)
    losses.refuse(revision, "delete-rules", "all rules of settings, also edited ones", edited)


def _severity() -> sa.Column[Any]:
    return sa.Column("severity", sa.String(10), nullable=False, server_default=REFUSE)


def _requires_reason() -> sa.Column[Any]:
    return sa.Column("requires_reason", sa.Boolean(), nullable=False, server_default=sa.false())


def _default(key: str) -> dict[str, Any]:
    content, unit = DEFAULTS[key]
    return {
        "key": key,
        "schema": json.dumps(content) if content else None,
        "unit": unit,
        "severity": REFUSE,
        "requires_reason": False,
        "is_secret": None,
    }


def _is_default() -> sa.ColumnElement[bool]:
    """Return the condition that a row is as the revision inserted it."""
    return sa.or_(
        *(
            sa.and_(
                rules.c.key == key,
                # Never NULL, which a NOT would leave as it is.
                sa.func.coalesce(rules.c.schema, "") == (row["schema"] or ""),
                sa.func.coalesce(rules.c.unit, "") == (row["unit"] or ""),
                rules.c.severity == REFUSE,
                rules.c.requires_reason.is_(sa.false()),
                rules.c.is_secret.is_(None),
            )
            for key in DEFAULTS
            for row in [_default(key)]
        )
    )
