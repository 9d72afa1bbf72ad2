"""SQL statements counted in the server's own log, so that no console is touched for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bench import postgres

T = TypeVar("T")

REPEATS = 10
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
# The server writes its log, and takes up its configuration, a moment later.
SETTLING, WRITING, RELOADING = 0.03, 0.06, 0.4


@contextmanager
def logged() -> Iterator[None]:
    """Have the server log every statement."""
    _configure("ALTER SYSTEM SET log_statement = 'all'")
    try:
        yield
    finally:
        _configure("ALTER SYSTEM RESET log_statement")


def count(database: str, prepare: Callable[[], T], call: Callable[[T], object]) -> tuple[int, int]:
    """Return how many statements a call takes, and how many that begin or end transactions.

    The least of ten calls: by then the connection of each thread has been made.

    Args:
        database: Its statements are counted.
        prepare: Makes what the call takes; not counted.
        call: What is counted.
    """
    found = []
    for _ in range(REPEATS):
        prepared = prepare()
        time.sleep(SETTLING)
        start = postgres.LOG.stat().st_size
        call(prepared)
        time.sleep(WRITING)
        found.append(_tally(_statements(database, start)))
    return min(found, key=sum)


def _tally(statements: list[str]) -> tuple[int, int]:
    control = sum(statement.startswith(CONTROL) for statement in statements)
    return len(statements) - control, control


def _statements(database: str, start: int) -> list[str]:
    head = f"{database}|LOG:  "
    with postgres.LOG.open(encoding="utf-8", errors="replace") as file:
        file.seek(start)
        lines = [line.removeprefix(head) for line in file if line.startswith(head)]
    kinds = (line.partition(": ") for line in lines)
    return [
        text.strip().upper()
        for kind, _, text in kinds
        if kind == "statement" or kind.startswith("execute ")
    ]


def _configure(sql: str) -> None:
    postgres.query(sql)
    postgres.query("SELECT pg_reload_conf()")
    time.sleep(RELOADING)
