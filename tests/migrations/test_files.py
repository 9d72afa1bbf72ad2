"""The files of the revisions, and what the console reads in them."""

import ast
import re

import pytest

from app.database import revisions
from app.database.revisions import MIGRATIONS, SchemaState

FILES = sorted((MIGRATIONS / "versions").glob("[!_]*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_revision_says_what_changes_and_can_be_taken_back(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert ast.get_docstring(tree)
    for name in ("upgrade", "downgrade"):
        assert ast.get_docstring(functions[name])
        assert ast.unparse(functions[name].returns) == "None"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_revision_imports_what_goes_on_changing(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
    }

    assert not any(name and name.split(".")[0] == "app" for name in imported)


def test_from_003_the_id_is_the_name_of_the_file():
    names = [path.stem for path in FILES]

    assert revisions.known() == ("001", "002", *names[2:])
    assert all(re.fullmatch(r"\d{3}_[a-z0-9_]+", name) for name in names)
    assert all(len(identifier) <= 32 for identifier in revisions.known())


@pytest.mark.parametrize(
    ("version", "state", "command"),
    [
        (revisions.head(), SchemaState.CURRENT, None),
        ("002", SchemaState.BEHIND, "flask db upgrade"),
        (None, SchemaState.EMPTY, "flask db upgrade"),
        ("003", SchemaState.UNKNOWN, None),
        ("001, 002", SchemaState.UNKNOWN, None),
    ],
)
def test_the_console_knows_how_a_database_stands_to_it(version, state, command):
    status = revisions.status_of(version)

    assert (status.state, status.command) == (state, command)
    assert status.is_current == (state is SchemaState.CURRENT)
    assert status.message.endswith(".")


def test_the_revision_of_a_database_is_read_without_alembic(operator):
    with operator.engine.connect() as connection:
        assert revisions.stored(connection) is None
    operator.succeed("upgrade", "002")
    with operator.engine.connect() as connection:
        assert revisions.stored(connection) == "002"
    operator.succeed("downgrade", "base")
    with operator.engine.connect() as connection:
        assert revisions.stored(connection) is None
