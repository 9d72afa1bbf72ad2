"""Create application_settings and insert the default settings.

A value of None is "not set", which is not the empty string. Going back deletes every setting, so it
is refused while any was edited or added, unless it is said with ``-x delete-settings=yes``.

Revision ID: 001
Revises: none
"""

import sqlalchemy as sa
from alembic import op

from migrations import losses, schema

revision: str = "001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

settings = sa.table(
    "application_settings",
    sa.column("key", sa.String()),
    sa.column("value", sa.Text()),
    sa.column("data_type", sa.String()),
    sa.column("category", sa.String()),
    sa.column("is_mutable", sa.Boolean()),
    sa.column("description", sa.Text()),
)

IMMUTABLE = {"app_environment"}
DEFAULTS: dict[str, list[tuple[str, str, str | None, str]]] = {
    "application": [
        ("app_name", "string", "RAG Fortress", "The name that people see in the user interface."),
        (
            "app_environment",
            "string",
            "production",
            "What this installation is for. It is decided when the backend is installed.",
        ),
        (
            "debug_mode",
            "boolean",
            "false",
            "Whether errors are answered with technical details. Keep it off in production.",
        ),
        (
            "log_level",
            "string",
            "INFO",
            "The least severe messages that are logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        ),
        (
            "cors_allow_origins",
            "json",
            '["http://localhost:3000"]',
            "The origins whose pages may call the backend from a browser, as a list.",
        ),
    ],
    "documents": [
        (
            "max_document_size",
            "string",
            "100MB",
            "The largest document that may be uploaded: a number and KB, MB or GB.",
        ),
    ],
    "document_processing": [
        ("chunk_size", "integer", "1000", "How many characters a chunk of a document holds."),
        (
            "chunk_overlap",
            "integer",
            "200",
            "How many characters a chunk repeats of the one before it. Less than the chunk size.",
        ),
        (
            "ingestion_batch_size",
            "integer",
            "32",
            "How many chunks are embedded and stored at a time while documents are taken in.",
        ),
    ],
    "llm": [
        ("llm_provider", "string", "openai", "The service that answers questions."),
        (
            "llm_model",
            "string",
            "gpt-4o-mini",
            "The model, as its provider names it.",
        ),
        ("llm_max_tokens", "integer", "1024", "The longest answer, in tokens."),
        ("llm_timeout", "integer", "60", "How many seconds an answer may take."),
        (
            "llm_endpoint_url",
            "string",
            None,
            "The address of the provider's API. Not set means the provider's own default.",
        ),
        ("llm_api_key", "string", None, "The key that the provider's API asks for."),
    ],
    "embedding": [
        ("embedding_provider", "string", "huggingface", "The service that embeds text."),
        (
            "embedding_model",
            "string",
            "sentence-transformers/all-MiniLM-L6-v2",
            "The model that embeds text. Documents have to be taken in again after a change.",
        ),
    ],
    "vector_db": [
        ("vector_db_provider", "string", "qdrant", "The vector database that holds the chunks."),
        (
            "vector_store_collection_name",
            "string",
            "documents",
            "The collection of the vector database that holds the chunks.",
        ),
    ],
    "cache": [
        ("cache_enabled", "boolean", "true", "Whether answers are kept to be given again."),
        ("cache_ttl_default", "integer", "300", "How many seconds an answer is kept."),
    ],
    "prompts": [
        (
            "retrieval_no_context_message",
            "string",
            "There is nothing about this in the documents you may read.",
            "The answer where no document has anything to say about the question.",
        ),
    ],
}


def upgrade() -> None:
    """Create the table, then insert the defaults."""
    schema.create_table(
        "application_settings",
        schema.identity(),
        sa.Column("key", schema.natural_key(255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("data_type", sa.String(50), nullable=False, server_default="string"),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_mutable", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("category", sa.String(100), nullable=True),
        *schema.created_and_updated(),
        sa.PrimaryKeyConstraint("id", name="pk_application_settings"),
    )
    schema.create_index("ix_application_settings_key", "application_settings", ["key"], unique=True)
    schema.create_index("ix_application_settings_category", "application_settings", ["category"])
    op.bulk_insert(
        settings,
        [
            {
                "key": key,
                "value": value,
                "data_type": data_type,
                "category": category,
                "is_mutable": key not in IMMUTABLE,
                "description": description,
            }
            for category, rows in DEFAULTS.items()
            for key, data_type, value, description in rows
        ],
    )


def downgrade() -> None:
    """Drop the table with all settings."""
    schema.drop_table("application_settings")


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while settings were edited or added; asked before the first step is taken."""
    edited = losses.count(connection, settings, sa.not_(_is_default()))
    losses.refuse(revision, "delete-settings", "all settings, also edited ones", edited)


def _is_default() -> sa.ColumnElement[bool]:
    """Return the condition that a row is as the revision inserted it."""
    return sa.or_(
        *(
            sa.and_(
                settings.c.key == key,
                settings.c.data_type == data_type,
                sa.func.coalesce(settings.c.category, "") == category,
                # Never NULL, which a NOT would leave as it is.
                settings.c.value.is_(None) if value is None else settings.c.value.is_not(None),
                sa.func.coalesce(settings.c.value, "") == (value or ""),
            )
            for category, rows in DEFAULTS.items()
            for key, data_type, value, _ in rows
        )
    )
