"""Create console_audit_chain and console_audit_head, and triggers that protect the events.

The triggers refuse UPDATE and DELETE of events and of their chain, except in a transaction that has
set ``allows_changes`` of the head. On MySQL, a user without the right to create triggers goes on
without them, and ``flask doctor`` says so.

Revision ID: 011_console_audit_chain
Revises: 010_console_audit_filters
"""

import logging

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from migrations import losses, schema

revision: str = "011_console_audit_chain"
down_revision: str | None = "010_console_audit_filters"
branch_labels: str | None = None
depends_on: str | None = None

CHAIN = "console_audit_chain"
HEAD = "console_audit_head"
PROTECTED = ("console_audit_events", CHAIN)
OPERATIONS = ("update", "delete")
REFUSAL = "Audit events are never changed, and deleted by flask audit prune only."
# No right to triggers, or none without SUPER on a server that keeps a binary log.
NOT_ALLOWED = {1142, 1227, 1419}

FUNCTION = f"""
CREATE OR REPLACE FUNCTION console_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((SELECT allows_changes FROM {HEAD}), false) THEN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
POSTGRESQL = (
    "CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW"
    " EXECUTE FUNCTION console_audit_refuse()"
)
POSTGRESQL_TRUNCATE = (
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    " EXECUTE FUNCTION console_audit_refuse()"
)
MYSQL = (
    "CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW"
    f" IF NOT COALESCE((SELECT allows_changes FROM {HEAD} WHERE id = 1), 0) THEN"
    f" SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{REFUSAL}'; END IF"
)
SQLITE = (
    "CREATE TRIGGER {name} BEFORE {operation} ON {table}"
    f" WHEN NOT coalesce((SELECT allows_changes FROM {HEAD}), 0)"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)

head = sa.table(
    HEAD,
    sa.column("id", sa.Integer()),
    sa.column("sequence", sa.BigInteger()),
    *(sa.column(name, sa.String()) for name in ("hash", "signature", "key_id")),
    sa.column("allows_changes", sa.Boolean()),
)


def upgrade() -> None:
    """Create the tables and the triggers, then the row of the head."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    schema.create_table(
        CHAIN,
        sa.Column("id", big, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_audit_chain"),
    )
    schema.create_index("ix_console_audit_chain_event_id", CHAIN, ["event_id"], unique=True)
    schema.create_table(
        HEAD,
        schema.identity(),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("allows_changes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_audit_head"),
    )
    _protect()
    empty = dict.fromkeys(("hash", "signature", "key_id"), "")
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "allows_changes": False} | empty])


def downgrade() -> None:
    """Drop the triggers and the tables; the events stay."""
    dialect = op.get_context().dialect.name
    for table in PROTECTED:
        on_table = f" ON {table}" if dialect == "postgresql" else ""
        for operation in (*OPERATIONS, *(["truncate"] if on_table else [])):
            _drop(f"{table}_no_{operation}", on_table)
    if dialect == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS console_audit_refuse()")
    schema.drop_table(HEAD)
    schema.drop_table(CHAIN)


def before_downgrade(connection: sa.Connection | None) -> None:
    """Refuse while there is a chain; asked before the first step of a downgrade is taken."""
    found = losses.count(connection, sa.table(CHAIN))
    losses.refuse(revision, "delete-chain", "the proof that no event was changed", found)


def _protect() -> None:
    dialect = op.get_context().dialect.name
    statement = {"postgresql": POSTGRESQL, "sqlite": SQLITE}.get(dialect, MYSQL)
    if dialect == "postgresql":
        op.execute(FUNCTION)
    for table in PROTECTED:
        for operation in OPERATIONS:
            name = f"{table}_no_{operation}"
            _create(name, statement.format(name=name, operation=operation.upper(), table=table))
        if dialect == "postgresql":
            op.execute(POSTGRESQL_TRUNCATE.format(table=table))


def _create(name: str, statement: str) -> None:
    if op.get_context().dialect.name not in schema.MYSQL_NAMES:
        op.execute(statement)
        return
    if op.get_context().as_sql:
        _drop(name)
        # The client would end the statement at the first semicolon.
        script = f"DELIMITER //\n\n{statement}//\n\nDELIMITER ;\n"
        op.get_context().impl.static_output(script)
        return
    try:
        _drop(name)  # left behind by an upgrade that was cut short
        op.execute(statement)
    except DBAPIError as error:
        if error.orig is None or error.orig.args[0] not in NOT_ALLOWED:
            raise
        logging.getLogger("alembic").warning(
            "The trigger %s was not created: this user may not. Audit events can be changed by"
            " SQL; flask doctor says what to do.",
            name,
        )


def _drop(name: str, on_table: str = "") -> None:
    """Drop a trigger if there is one.

    MySQL refuses even DROP TRIGGER IF EXISTS to a user who may not create triggers.
    """
    context = op.get_context()
    if context.dialect.name in schema.MYSQL_NAMES and not context.as_sql:
        query = "SELECT 1 FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
        found = sa.text(f"{query} AND trigger_name = :name")
        if op.get_bind().scalar(found, {"name": name}) is None:
            return
    op.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
