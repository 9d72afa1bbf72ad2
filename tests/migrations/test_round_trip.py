"""Up, down to nothing, and up again, on each database."""

import re

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer

from app.database import revisions, trigram_index
from app.database.trigram_index import IndexState
from app.models import Base


def _rewrite(table, old, new):
    # SQLite cannot change a column in place, but its schema is text that can be written to.
    return f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'"


CHANGES = (
    "DROP TABLE console_links",
    "CREATE INDEX ix_users_full_name ON users (full_name)",
    "ALTER TABLE users ADD COLUMN extra INTEGER",
)
CHANGES_OF_COLUMNS = {
    "sqlite": (
        "DROP INDEX ix_users_created_at",
        "PRAGMA writable_schema = ON",
        _rewrite("users", "is_active BOOLEAN DEFAULT 1", "is_active BOOLEAN DEFAULT 0"),
        _rewrite("users", "full_name VARCHAR(255)", "full_name VARCHAR(20)"),
        _rewrite("roles", "created_at DATETIME DEFAULT CURRENT_TIMESTAMP", "created_at DATETIME"),
    ),
    "postgresql": (
        "DROP INDEX ix_users_created_at",
        "ALTER TABLE users ALTER COLUMN is_active SET DEFAULT false",
        "ALTER TABLE users ALTER COLUMN full_name TYPE VARCHAR(20)",
        "ALTER TABLE roles ALTER COLUMN created_at DROP DEFAULT",
    ),
    "mysql": (
        "DROP INDEX ix_users_created_at ON users",
        "ALTER TABLE users ALTER COLUMN is_active SET DEFAULT false",
        "ALTER TABLE users MODIFY full_name VARCHAR(20)",
        "ALTER TABLE roles ALTER COLUMN created_at DROP DEFAULT",
    ),
}


def test_up_down_and_up_again_gives_the_same_tables_and_rows(operator):
    operator.succeed("upgrade", "head")
    schema, rows = operator.schema(), operator.rows()
    operator.succeed("check")

    operator.succeed("downgrade", "base")
    assert operator.tables() == {"alembic_version"}
    assert operator.ask("SELECT version_num FROM alembic_version") == []

    operator.succeed("upgrade")
    operator.succeed("check")
    assert operator.schema() == schema
    assert operator.rows() == rows


def test_each_step_can_be_taken_back_and_taken_again_with_rows_in_the_tables(operator):
    operator.succeed("upgrade", "002")
    operator.execute(
        "INSERT INTO users (username, email, password_hash) VALUES ('nora', 'n@example.com', '!')",
        "INSERT INTO user_roles (user_id, role_id)"
        " SELECT users.id, roles.id FROM users, roles WHERE name = 'viewer'",
    )
    for _ in revisions.known()[2:]:
        operator.succeed("upgrade", "+1")
        operator.succeed("downgrade", "-1")
        operator.succeed("upgrade", "+1")

    assert operator.succeed("current") == f"{revisions.head()} (head)\n"
    assert operator.ask("SELECT count(*) FROM user_roles") == [(1,)]


def test_the_tables_are_those_of_the_models(operator):
    operator.succeed("upgrade")

    assert operator.tables() == set(Base.metadata.tables) | {"alembic_version"}
    assert operator.succeed("check") == "The tables match the models.\n"


def test_what_another_program_inserts_gets_its_defaults(operator):
    operator.succeed("upgrade")

    operator.execute(
        "INSERT INTO users (username, email, password_hash) VALUES ('nora', 'n@example.com', '!')"
    )

    query = "SELECT is_active, is_verified, created_at IS NULL, updated_at IS NULL FROM users"
    assert operator.ask(query) == [(True, False, False, False)]


@pytest.mark.only_on("postgresql")
def test_natural_keys_of_postgresql_compare_byte_by_byte(operator):
    operator.succeed("upgrade")

    rows = operator.ask(
        "SELECT column_name FROM information_schema.columns WHERE collation_name = 'C'"
        " AND table_schema = 'public' AND table_name NOT LIKE 'console%'"
    )
    assert sorted(rows) == [("code",), ("email",), ("key",), ("name",), ("username",)]


@pytest.mark.only_on("mysql")
def test_every_table_of_mysql_compares_byte_by_byte(operator):
    operator.succeed("upgrade")

    for table, definition in operator.schema():
        if table != "alembic_version":
            assert "ENGINE=InnoDB" in definition
            assert "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin" in definition
        assert not re.search(r" datetime (?!\()", definition), "moments without microseconds"


def test_check_says_what_is_not_as_the_models_say(operator):
    operator.succeed("upgrade")

    operator.execute(*CHANGES, *CHANGES_OF_COLUMNS[operator.database])

    said = operator.refused("check")
    assert said.startswith("The tables do not match the models. Missing changes: ")
    for step in (
        "add table console_links",
        "add index ix_users_created_at",
        "remove index ix_users_full_name",
        "remove column users.extra",
        "modify default users.is_active",
        "modify default roles.created_at",
        "modify type users.full_name",
    ):
        assert step in said


def test_tables_of_others_are_no_affair_of_the_console(operator):
    operator.succeed("upgrade")

    operator.execute("CREATE TABLE documents (id INTEGER)")

    operator.succeed("check")
    operator.succeed("downgrade", "base")
    assert "documents" in operator.tables()


@pytest.mark.only_on("mysql")
def test_check_finds_another_collation(operator):
    operator.succeed("upgrade")

    operator.execute(
        "ALTER TABLE roles CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        "ALTER TABLE users MODIFY username VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL",
    )

    assert operator.succeed("check") == (
        "The database works, differs in: not InnoDB with the collation utf8mb4_bin:"
        " roles, roles.description, roles.name, users.username.\n"
    )


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_search_index_is_in_nobody_s_way(operator):
    operator.succeed("upgrade")
    tables = operator.tables()
    console = operator.app.config["CONSOLE"]
    trigram_index.build(console)

    operator.succeed("check")
    operator.succeed("downgrade", "base")
    assert operator.tables() == {"alembic_version"}

    operator.succeed("upgrade")
    assert operator.tables() == tables
    operator.succeed("check")
    assert trigram_index.build(console)


@pytest.mark.only_on("sqlite")
def test_a_table_that_is_made_anew_loses_the_search_index_and_not_what_is_right(operator):
    operator.succeed("upgrade")
    trigram_index.build(operator.app.config["CONSOLE"])

    with operator.engine.connect() as connection:
        migration = MigrationContext.configure(connection)
        with Operations(migration).batch_alter_table("users", recreate="always") as table:
            table.add_column(Column("extra", Integer))
        connection.commit()
        assert trigram_index.state(connection) is IndexState.UNFINISHED

    assert trigram_index.build(operator.app.config["CONSOLE"])
    with operator.engine.connect() as connection:
        assert trigram_index.state(connection) is IndexState.KEPT
