"""Copies of the checkout, each with an empty database, and the console of ``make run``."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guide import installation
from tests.guide.checkout import SQLITE_FILE, Checkout, located
from tests.guide.serving import Served
from tests.migrations.operating import Operator
from tests.support.databases import Databases
from tests.support.warm_python import WarmPython


@pytest.fixture
def checkout(
    tmp_path: Path, all_databases: Databases, database_name: str, warm_python: WarmPython
) -> Iterator[Checkout]:
    """A copy of the checkout whose variables name an empty database, made as documented."""
    with ExitStack() as stack:
        url = None
        if database_name != "sqlite":
            server = all_databases.running[database_name]
            url = stack.enter_context(installation.owned_database(server))
        found = Checkout(tmp_path, url or located(tmp_path), warm_python.folder)
        yield found
        found.operator.close()


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("upgraded") / SQLITE_FILE
    operator = Operator({"DATABASE_URL": f"sqlite:///{path}"})
    operator.succeed("upgrade")
    operator.close()
    return path


@pytest.fixture
def upgraded(checkout: Checkout, upgraded_file: Path) -> Checkout:
    """A copy of the checkout whose SQLite database is at the newest revision."""
    shutil.copy(upgraded_file, str(checkout.url.database))
    return checkout


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
