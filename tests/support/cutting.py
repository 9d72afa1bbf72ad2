"""Connections that break at the worst moment: when a change is being committed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event, text

OWN_ID = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
KILL = {"postgresql": "SELECT pg_terminate_backend(:id)", "mysql": "KILL CONNECTION :id"}
IS_THERE = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE pid = :id",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE id = :id",
}


@contextmanager
def cut_at_commit(engine: Engine, other: Connection, *, is_saved: bool = False) -> Iterator[None]:
    """Cut the connection of whoever commits first.

    Args:
        engine: Whose connections.
        other: A connection that may end others.
        is_saved: Whether the server gets as far as to commit, and only its answer is lost.
    """
    provider = "postgresql" if engine.dialect.name == "postgresql" else "mysql"
    commits = []

    def cut(connection: Connection) -> None:
        commits.append(connection)
        if len(commits) == 1:
            number = connection.scalar(text(OWN_ID[provider]))
            if is_saved:
                # PostgreSQL's driver sends a COMMIT only where a transaction has begun.
                for statement in ("COMMIT", "BEGIN"):
                    connection.exec_driver_sql(statement)
            _end(other, provider, number)

    event.listen(engine, "commit", cut)
    yield
    event.remove(engine, "commit", cut)
    assert commits


def _end(other: Connection, provider: str, number: int) -> None:
    other.execute(text(KILL[provider]), {"id": number})
    for _ in range(500):
        if not other.scalar(text(IS_THERE[provider]), {"id": number}):
            return
        other.rollback()
        time.sleep(0.02)
    raise TimeoutError(f"Connection {number} does not end.")
