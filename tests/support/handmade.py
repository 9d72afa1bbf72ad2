"""A database as another program makes it: the guide's tables by plain models, and nothing else."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
)

from tests.migrations.operating import Operator

PLAIN = MetaData()


def _table(name: str, *columns: Column) -> Table:
    moments = [
        Column(f"{moment}_at", DateTime, nullable=False, default=datetime.now)
        for moment in ("created", "updated")
    ]
    return Table(name, PLAIN, Column("id", Integer, primary_key=True), *columns, *moments)


def _association(name: str, owner: str, owned: str) -> Table:
    keys = [
        Column(f"{key}_id", ForeignKey(f"{key}s.id", ondelete="CASCADE"), primary_key=True)
        for key in (owner, owned)
    ]
    return Table(name, PLAIN, *keys)


settings = _table(
    "application_settings",
    Column("key", String(255), unique=True, index=True, nullable=False),
    Column("value", Text, nullable=False),
    Column("data_type", String(50), nullable=False, default="string"),
    Column("description", Text, nullable=False, default=""),
    Column("is_mutable", Boolean, nullable=False, default=True),
    Column("category", String(100), nullable=False, default=""),
)
users = _table(
    "users",
    Column("username", String(255), unique=True, nullable=False),
    Column("email", String(255), unique=True, nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("full_name", String(255), nullable=False, default=""),
    Column("bio", Text),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("is_verified", Boolean, nullable=False, default=False),
)
roles = _table(
    "roles",
    Column("name", String(100), unique=True, nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("is_system", Boolean, nullable=False, default=False),
)
_table(
    "permissions",
    Column("code", String(255), unique=True, nullable=False),
    Column("resource", String(100), nullable=False),
    Column("action", String(100), nullable=False),
    Column("description", Text),
)
user_roles = _association("user_roles", "user", "role")
_association("role_permissions", "role", "permission")


def make(operator: Operator, password_hash: str) -> None:
    """Make the tables with an administrator, ada, and a few settings; then upgrade them."""
    PLAIN.create_all(operator.engine)
    with operator.engine.begin() as connection:
        ada = {"username": "ada", "email": "ada@example.org", "password_hash": password_hash}
        connection.execute(insert(users), ada)
        connection.execute(insert(roles), {"name": "admin"})
        connection.execute(insert(user_roles), {"user_id": 1, "role_id": 1})
        connection.execute(insert(settings), SETTINGS)
    operator.succeed("stamp", "002")
    operator.succeed("upgrade")


SETTINGS = [
    {"key": "answer_language", "value": "de"},
    {"key": "top_k", "value": "5", "data_type": "integer"},
]
