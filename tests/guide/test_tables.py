"""The tables that the guide lists, with what it says of each."""

import pytest
from sqlalchemy import inspect, text

from tests.guide import words


@pytest.fixture
def inspector(database):
    engine = database.engine()
    yield inspect(engine)
    engine.dispose()


@pytest.mark.parametrize("table", words.COLUMNS)
def test_a_table_has_the_columns_of_the_guide_and_no_other(inspector, table):
    assert {column["name"] for column in inspector.get_columns(table)} == words.COLUMNS[table]


def test_what_is_unique_has_one_index_named_after_it(inspector):
    for table, column in words.UNIQUE:
        indexes = [one for one in inspector.get_indexes(table) if one["column_names"] == [column]]
        assert [(one["name"], bool(one["unique"])) for one in indexes] == [
            (f"ix_{table}_{column}", True)
        ]


def test_what_the_guide_indexes_is_indexed(inspector):
    for table, columns in words.INDEXES:
        found = {one["name"]: one["column_names"] for one in inspector.get_indexes(table)}
        assert found[f"ix_{table}_{'_'.join(columns)}"] == columns


@pytest.mark.parametrize("table", ["user_roles", "role_permissions"])
def test_an_association_goes_with_either_side(inspector, table):
    keys = inspector.get_foreign_keys(table)

    assert {key["options"]["ondelete"] for key in keys} == {"CASCADE"}
    assert {(*key["constrained_columns"], key["referred_table"]) for key in keys} == {
        (column, f"{column.removesuffix('_id')}s") for column in words.COLUMNS[table]
    }


@pytest.mark.parametrize("column", words.SEEDS)
def test_the_rows_that_the_guide_names_are_there(session, column):
    table, name = column.split(".")

    rows = set(session.scalars(text(f"SELECT {name} FROM {table}")))

    assert words.SEEDS[column] <= rows
