"""Copies of the checkout, each with an empty database, and the console of ``make run``."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.guide.checkout import Checkout, located
from tests.guide.serving import Served
from tests.support.databases import Databases


@pytest.fixture
def checkout(tmp_path: Path, all_databases: Databases, database_name: str) -> Iterator[Checkout]:
    """A copy of the checkout whose variables name an empty database."""
    database = None if database_name == "sqlite" else all_databases.make(database_name)
    found = Checkout(tmp_path, located(tmp_path, database and database.url))
    yield found
    found.operator.close()
    if database is not None:
        all_databases.drop(database)


@pytest.fixture
def make_run(checkout: Checkout) -> Iterator[Callable[[], Served]]:
    """Serves the console of the copy with ``make run``, until the test ends."""
    started = []

    def make_run() -> Served:
        served = Served(checkout)
        started.append(served)
        served.wait()
        return served

    yield make_run
    for served in started:
        served.stop()
