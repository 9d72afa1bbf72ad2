"""The reader: the newest snapshot of the settings, kept fresh by a thread of its own."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from settings_reader import secrets
from settings_reader.addresses import engine_for
from settings_reader.errors import SettingsUnavailable, UnknownSetting
from settings_reader.reports import Process, Reporter
from settings_reader.snapshot import Declared, Origin, Rows, Snapshot
from settings_reader.store import Store

FIRST_SECONDS = 10.0
PATIENCE_SECONDS = 1.0
_LOG = logging.getLogger("settings_reader")
_READERS: "weakref.WeakSet[SettingsReader]" = weakref.WeakSet()


class SettingsReader:
    """The settings of the console: typed values by their keys.

    A thread reads them twice within ``max_age``; whoever changed them, no value that is handed out
    is older while the database answers. Without the database the last known values stay, and
    ``age`` says how old they are. All methods may be called from any thread, and after a fork.

    Args:
        database: The address of the database, as ``DATABASE_URL`` takes it, or an engine.
        max_age: How old a value may be, in seconds.
        overrides: Names of environment variables by the keys of settings. A variable that is set
            wins over the stored value; an empty one counts as not set.
        defaults: Values of settings that have none in the database.
        report_as: Who this is, to report to the console what it runs; None for no reports.
        keys: The keys of secrets, in base64url, the current one first; None for those of
            ``MASTER_ENCRYPTION_KEY``, ``SETTINGS_ENCRYPTION_KEY`` and its fallbacks.

    Raises:
        ValueError: ``max_age`` is not positive, or a key is not base64url.
    """

    def __init__(
        self,
        database: str | URL | Engine,
        *,
        max_age: float = 1.0,
        overrides: Mapping[str, str] | None = None,
        defaults: Mapping[str, Any] | None = None,
        keys: tuple[str, ...] | None = None,
        report_as: Process | None = None,
    ) -> None:
        if max_age <= 0:
            raise ValueError("max_age must be a positive number of seconds.")
        texts = {key: os.environ.get(name, "") for key, name in (overrides or {}).items()}
        self._declared = Declared(
            overrides={key: text for key, text in texts.items() if text},
            variables={key: name for key, name in (overrides or {}).items() if texts[key]},
            defaults=dict(defaults or {}),
            keys=secrets.decoded(secrets.keys_of_environment() if keys is None else keys),
        )
        for key, variable in self._declared.variables.items():
            _LOG.warning("%s: the variable %s overrides the stored value.", key, variable)
        self._max_age = max_age
        self._given, self._engine = database, engine_for(database)
        self._store = Store(self._engine)
        self._report_as = report_as
        self._snapshot = Snapshot({}, self._declared)
        self._has_read = False
        self._start_over()
        _READERS.add(self)

    def __getitem__(self, key: str) -> Any:
        """Return the value of a setting; None for "not set".

        Raises:
            UnknownSetting: There is no such setting. It is a ``KeyError``, too.
            UnreadableSetting: The stored text is no value of its type, or cannot be decrypted.
            SettingsUnavailable: The settings could not be read even once.
        """
        if time.monotonic() > self._due:
            self._catch_up()
        snapshot = self._snapshot
        try:
            return snapshot.plain[key]
        except KeyError:
            return snapshot[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether there is such a setting, whether its value can be read or not."""
        return key in self.snapshot().origins

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a setting; the default if there is no such setting.

        Raises:
            UnreadableSetting: The stored text is no value of its type, or cannot be decrypted.
            SettingsUnavailable: The settings could not be read even once.
        """
        try:
            return self[key]
        except UnknownSetting:
            return default

    def snapshot(self) -> Snapshot:
        """Return all settings as one read found them, for values that have to fit each other.

        Raises:
            SettingsUnavailable: The settings could not be read even once.
        """
        if time.monotonic() > self._due:
            self._catch_up()
        return self._snapshot

    def origin(self, key: str) -> Origin:
        """Return where the value of a setting comes from, and since when it is in effect here.

        Raises:
            UnknownSetting: There is no such setting.
            SettingsUnavailable: The settings could not be read even once.
        """
        origins = self.snapshot().origins
        if key not in origins:
            raise UnknownSetting(key)
        return origins[key]

    @property
    def age(self) -> float:
        """The seconds since the last read began that succeeded; infinite before the first."""
        return self._snapshot.age if self._has_read else float("inf")

    @property
    def problem(self) -> str:
        """The reason why the last read failed, or ""."""
        return self._problem

    def close(self) -> None:
        """Stop reading; the last known values stay."""
        self._due = float("inf")
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._reporter is not None:
            self._reporter.stop()
        self._store.close()
        if self._engine is not self._given:
            self._engine.dispose()

    def _start_over(self) -> None:
        # Also in a child process, where the thread is gone and a lock may be held by nobody.
        self._thread: threading.Thread | None = None
        self._reporter: Reporter | None = None
        self._starting, self._read_once = threading.Lock(), threading.Condition()
        self._stop = threading.Event()
        self._attempts, self._problem = 0, ""
        self._due = float("-inf")

    def _catch_up(self) -> None:
        """Wait for the read that is due, but not for a database that is known to be away."""
        with self._starting:
            if self._reporter is None and self._report_as:
                self._reporter = Reporter(self._engine, self._report_as, lambda: self._snapshot)
                self._reporter.start()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="settings", daemon=True)
                self._thread.start()
        with self._read_once:
            if not (self._has_read and self._problem):
                before = self._attempts
                patience = PATIENCE_SECONDS if self._has_read else FIRST_SECONDS
                self._read_once.wait_for(
                    lambda: self._attempts > before or time.monotonic() <= self._due, patience
                )
            if not self._has_read:
                raise SettingsUnavailable(
                    f"The settings have not been read yet: {self._problem or 'no answer so far'}."
                )
            if time.monotonic() > self._due:
                # Nobody else waits for the same read.
                self._due = time.monotonic() + self._max_age

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            start = time.monotonic()
            self._attempt()
            pause = max(0.0, start + self._max_age / 2 - time.monotonic())

    def _attempt(self) -> None:
        read_at, read_on, snapshot = time.time(), time.monotonic(), self._snapshot
        try:
            rows = self._store.read()
        except (SQLAlchemyError, TypeError) as error:
            # PyMySQL raises a TypeError for a parameter of the address that it does not know.
            self._failed(error)
            return
        changed = self._changed(rows)
        is_new = changed is not snapshot
        snapshot = changed.again(read_at, read_on)
        with self._read_once:
            self._snapshot, self._has_read, self._problem = snapshot, True, ""
            self._due = read_on + self._max_age
            self._attempts += 1
            self._read_once.notify_all()
        if self._reporter is not None and (is_new or not self._reporter.has_reported):
            self._reporter.changed()

    def _changed(self, rows: Rows | None) -> Snapshot:
        snapshot = self._snapshot
        if rows is None or (self._has_read and rows == snapshot.rows):
            return snapshot
        return Snapshot(rows, self._declared, snapshot if self._has_read else None)

    def _failed(self, error: SQLAlchemyError | TypeError) -> None:
        with self._read_once:
            if not self._problem:
                # The class alone: the text of an error may name the user and the host.
                _LOG.warning(
                    "The settings cannot be read (%s); the last ones stay.", type(error).__name__
                )
            self._problem = f"the database does not answer ({type(error).__name__})"
            self._attempts += 1
            self._read_once.notify_all()

    def after_fork(self) -> None:
        """Start again in a child process, where the thread and its connection are another's."""
        self._store.forget()
        self._start_over()


def _after_fork() -> None:
    for reader in list(_READERS):
        reader.after_fork()


os.register_at_fork(after_in_child=_after_fork)
