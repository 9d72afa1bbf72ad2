"""Reports: one row of ``console_readers`` says who reads the settings, and what it runs.

A report holds no secret: of what the console takes for one, by its key, its mark or its text, it
says only whether the value is the stored one.
"""

import hashlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Engine,
    TextClause,
    column,
    delete,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from settings_reader import secrecy, secrets
from settings_reader.snapshot import Row, Snapshot, Source

NO_MARKS: Mapping[str, bool] = {}
HEARTBEAT_SECONDS, KEPT_SECONDS = 15.0, 86_400
LONGEST_NAME, LONGEST_TEXT, MOST_SETTINGS = 100, 80, 2000
_LOG = logging.getLogger("settings_reader")
_READERS = table(
    "console_readers",
    *map(column, ("name", "instance", "last_seen", "digest", "settings")),
)
_RULES = table("console_setting_rules", column("key"), column("is_secret"))
_NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
    "mysql": "UNIX_TIMESTAMP()",
    "mariadb": "UNIX_TIMESTAMP()",
}


class Process(NamedTuple):
    """The process that reads.

    Attributes:
        name: The name of the program, such as "api".
        instance: The name of this process, such as "api-1", which no other has; "" for its host and
            process ID.
        pause: How many seconds apart reports are at least.
    """

    name: str
    instance: str = ""
    pause: float = 3.0


class Reporter(threading.Thread):
    """A thread that reports what is read, after each change and every 15 seconds.

    Args:
        engine: The database.
        process: Who reports.
        current: Returns the snapshot; called from this thread.

    Attributes:
        has_reported: Whether a report has been written.
    """

    def __init__(self, engine: Engine, process: Process, current: Callable[[], Snapshot]) -> None:
        super().__init__(name="settings-reports", daemon=True)
        instance = process.instance or f"{socket.gethostname()}:{os.getpid()}"
        self._who = {"name": process.name[:LONGEST_NAME], "instance": instance[:LONGEST_NAME]}
        self._engine, self._current, self._pause = engine, current, process.pause
        self._is_due, self._stop_asked = threading.Event(), threading.Event()
        self.has_reported, self._has_failed = False, False

    def run(self) -> None:
        """Report until `stop` is called."""
        self._is_due.wait()
        while not self._stop_asked.is_set():
            self._is_due.clear()
            self._report()
            self._stop_asked.wait(self._pause)
            self._is_due.wait(HEARTBEAT_SECONDS)
        self._withdraw()

    def changed(self) -> None:
        """Have a report made, now or a few seconds after the last one."""
        self._is_due.set()

    def stop(self) -> None:
        """Remove the row, since this process reads no longer."""
        self._stop_asked.set()
        self._is_due.set()
        self.join()

    def _report(self) -> None:
        try:
            with self._engine.begin() as connection:
                self._write(connection)
        except SQLAlchemyError as error:
            if not self._has_failed:
                name = type(error).__name__
                _LOG.warning("The console cannot be told what is read (%s).", name)
            self._has_failed = True
        else:
            self.has_reported, self._has_failed = True, False

    def _write(self, connection: Connection) -> None:
        marked = select(_RULES.c.key, _RULES.c.is_secret).where(_RULES.c.is_secret.is_not(None))
        marks = {key: bool(mark) for key, mark in connection.execute(marked)}
        now, entries = _now(connection), entries_of(self._current(), marks)
        row = {
            "last_seen": now,
            "digest": _digest(entries),
            "settings": json.dumps({"version": 1, "settings": entries}),
        }
        changed = connection.execute(self._of_this_process(update(_READERS)).values(row))
        if not changed.rowcount:
            connection.execute(insert(_READERS).values(row | self._who))
        if not self.has_reported:
            old = _READERS.c.last_seen < text(f"{now.text} - {KEPT_SECONDS}")
            connection.execute(delete(_READERS).where(old))

    def _withdraw(self) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(self._of_this_process(delete(_READERS)))
        except SQLAlchemyError as error:
            _LOG.info("The last report stays (%s).", type(error).__name__)

    def _of_this_process(self, statement: Any) -> Any:
        return statement.where(
            _READERS.c.name == self._who["name"], _READERS.c.instance == self._who["instance"]
        )


def entries_of(snapshot: Snapshot, marks: Mapping[str, bool] = NO_MARKS) -> dict[str, list[Any]]:
    """Return what a report says of each setting: source, digest of the stored text, since, text.

    Args:
        snapshot: What the process runs.
        marks: Whether a key is marked as a secret, or as none, in the console.

    Returns:
        Lists by key. The text is that of the value in effect, or None for a secret and for a long
        one; last comes whether it is the stored value, None if that is not known.
    """
    return {
        key: _entry(key, snapshot, is_secret=secrecy.is_secret(key, mark=marks.get(key)))
        for key in list(snapshot.origins)[:MOST_SETTINGS]
    }


def _entry(key: str, snapshot: Snapshot, *, is_secret: bool) -> list[Any]:
    origin, row = snapshot.origins[key], snapshot.rows.get(key, Row(None, "string"))
    value = snapshot.in_effect(key)
    is_shown = value is not None and not is_secret and _may_be_shown(value, row)
    since = int(min(origin.since, time.time()))
    return [
        str(origin.source),
        origin.digest,
        since,
        value if is_shown else None,
        _is_same(key, snapshot),
    ]


def _is_same(key: str, snapshot: Snapshot) -> bool | None:
    source = snapshot.origins[key].source
    return None if source is not Source.ENVIRONMENT else snapshot.is_as_stored(key)


def _may_be_shown(value: str, row: Row) -> bool:
    if len(value) > LONGEST_TEXT or secrecy.holds_password(value):
        return False
    return row.value is None or not secrets.is_encrypted(row.value)


def _digest(entries: dict[str, list[Any]]) -> str:
    without_times = {key: [*entry[:2], *entry[3:]] for key, entry in entries.items()}
    return hashlib.sha256(json.dumps(without_times, sort_keys=True).encode()).hexdigest()


def _now(connection: Connection) -> TextClause:
    """Return the clock of the database, which all readers share, in seconds since 1970."""
    return text(_NOW[connection.dialect.name])
