"""One upgrade of a database or its search index at a time, whoever started it."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa

PATIENCE = 60.0  # seconds that another upgrade may take
PAUSE = 0.2
# PostgreSQL queues everybody behind a statement that waits for a table, readers too: wait briefly,
# give up, let them pass, and try again.
TABLE_PATIENCE = 3
TABLE_TRIES = 5

_POSTGRESQL_KEY = 0x636F6E736F6C65  # "console", as the bytes of a bigint


class NoLock(Exception):
    """Nothing may be upgraded now; says why."""


def exclusive(connection: sa.Connection) -> AbstractContextManager[None]:
    """Return a context in which no other process upgrades the database.

    PostgreSQL and MySQL give the lock back when the connection is closed. A pooler may keep that
    open, so there the lock is a transaction's, on a connection of its own.

    Raises:
        NoLock: Another process still held the lock after ``PATIENCE`` seconds.
    """
    if connection.dialect.name == "sqlite":
        path = connection.engine.url.database
        return _beside(Path(path)) if path and path != ":memory:" else nullcontext()
    if connection.get_execution_options().get("is_pooled"):
        return _of_a_transaction(connection.engine)
    question = _question(connection)
    _wait_for(lambda: _is_granted(connection, question))
    return nullcontext()


@contextmanager
def _of_a_transaction(engine: sa.Engine) -> Iterator[None]:
    with engine.connect() as connection:
        _wait_for(lambda: _is_granted_to_transaction(connection))
        yield


def _is_granted_to_transaction(connection: sa.Connection) -> bool:
    # Without parameters: after a statement with some, PostgreSQL keeps a snapshot until the next,
    # and a CREATE INDEX CONCURRENTLY waits for everybody who has one.
    question = f"SELECT pg_try_advisory_xact_lock({_POSTGRESQL_KEY})"
    granted = bool(connection.exec_driver_sql(question).scalar())
    if not granted:
        connection.rollback()
    return granted


def _question(connection: sa.Connection) -> sa.Select[tuple[bool]]:
    if connection.dialect.name == "postgresql":
        return sa.select(sa.func.pg_try_advisory_lock(_POSTGRESQL_KEY))
    # The locks of MySQL are the server's, not the database's, and their names are short.
    database = connection.engine.url.database or ""
    name = "console " + hashlib.sha256(database.encode()).hexdigest()[:32]
    return sa.select(sa.func.get_lock(name, 0))


def _is_granted(connection: sa.Connection, question: sa.Select[tuple[bool]]) -> bool:
    # Asked again and again, each time in a transaction of its own: one that waits inside the
    # database would hold up a CREATE INDEX CONCURRENTLY of the process it is waiting for.
    granted = bool(connection.scalar(question))
    connection.commit()
    return granted


@contextmanager
def _beside(database: Path) -> Iterator[None]:
    path = database.with_name(database.name + ".upgrading")
    held: list[int] = []
    _wait_for(lambda: _is_locked(path, held))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(held[0])


def _is_locked(path: Path, held: list[int]) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NoLock(f"{path} cannot be opened for writing: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it before has removed the file, so it may not be the one of that name now.
        is_ours = path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if is_ours:
        held.append(descriptor)
    else:
        os.close(descriptor)
    return is_ours


def _wait_for(is_granted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_granted():
        if time.monotonic() >= deadline:
            raise NoLock(
                "Another upgrade of this database, or the building of its search index, has been"
                f" running for more than {PATIENCE:.0f} seconds. Nothing was changed; run the"
                " command again when it has ended."
            )
        time.sleep(PAUSE)
