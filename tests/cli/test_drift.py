"""A database that another program made by hand: it works, and what differs is said in its order."""

import re

import pytest

from tests.migrations.operating import Operator
from tests.support import handmade
from tests.support.people import PASSWORD_HASH

NO_UNIQUENESS = {
    "sqlite": "DROP INDEX ix_users_username",
    "postgresql": "DROP INDEX ix_users_username",
    "mysql": "DROP INDEX ix_users_username ON users",
}


@pytest.fixture
def operator(empty_database):
    """Runs commands on a database that another program has made."""
    found = Operator(empty_database | {"CONSOLE_ENV": "development"})
    yield found
    found.close()


@pytest.fixture
def flask(operator):
    """Runs any command: the exit code, and what it wrote."""

    def flask(*words):
        done = operator.app.test_cli_runner().invoke(args=words)
        return done.exit_code, done.output

    return flask


def test_a_database_made_by_hand_works_and_says_in_what_it_differs(operator, flask):
    handmade.make(operator, PASSWORD_HASH)

    said = operator.succeed("check")

    assert said.startswith("The database works, differs in: ")
    assert "modify nullable application_settings.value (NOT NULL here)" in said
    steps = re.findall(r"(?:collation|modify nullable|modify type|add index|modify default)", said)
    order = ["collation", "modify nullable", "modify type", "add index", "modify default"]
    assert steps == sorted(steps, key=order.index)
    # Constraints serve as well as the indexes that the models name.
    assert "ix_users_email" not in said
    assert "remove" not in said
    code, lines = flask("doctor")
    assert code == 0
    [tables] = [line for line in lines.splitlines() if "  tables: " in line]
    assert tables.startswith("warning  tables: The database works, differs in: ")
    assert tables.endswith(" more, see flask db check.")


def test_what_is_worst_comes_first_and_only_what_breaks_is_an_error(operator):
    operator.succeed("upgrade")
    operator.execute(
        "CREATE INDEX ix_users_full_name ON users (full_name)",
        NO_UNIQUENESS[operator.database],
    )
    said = operator.succeed("check")
    assert said.startswith("The database works, differs in: add index ix_users_username; ")
    assert said.endswith("remove index ix_users_full_name.\n")

    operator.execute("ALTER TABLE roles ADD COLUMN tenant INTEGER NOT NULL DEFAULT 1")
    assert "remove column roles.tenant" in operator.succeed("check")

    operator.execute("DROP TABLE console_links")
    assert operator.refused("check").startswith(
        "The tables do not match the models. Missing changes: add table console_links; "
    )


@pytest.mark.only_on("postgresql", "mysql")
def test_a_column_that_nobody_fills_breaks(operator):
    operator.succeed("upgrade")
    operator.execute("ALTER TABLE console_links ADD COLUMN tenant INTEGER NOT NULL")

    assert "Missing changes: remove column console_links.tenant." in operator.refused("check")
