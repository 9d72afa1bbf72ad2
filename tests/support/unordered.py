"""What is read without an order comes last first on SQLite, as it may on a server at any time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def reversed_rows() -> Iterator[None]:
    """Reverse what is read without an order, on the connections that are made meanwhile."""
    event.listen(Engine, "connect", _reverse)
    yield
    event.remove(Engine, "connect", _reverse)


def _reverse(connection: Any, _entry: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON").close()
