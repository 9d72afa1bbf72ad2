"""An empty database and the commands that fill it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.revisions import MIGRATIONS
from tests.migrations.operating import Operator, Revisions


@pytest.fixture
def operator(empty_database: dict[str, str]) -> Iterator[Operator]:
    """Runs ``flask db ...`` on an empty database."""
    found = Operator(empty_database)
    yield found
    found.close()


@pytest.fixture
def revisions(tmp_path: Path) -> Revisions:
    """A copy of the revisions, to which a test adds its own."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Revisions(folder)
