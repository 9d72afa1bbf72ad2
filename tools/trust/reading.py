"""The reader of programs: how soon it sees a change, whoever made it, and what a read takes."""

import threading
import time
import timeit
from typing import Any

from sqlalchemy import text

from settings_reader import SettingsReader
from tools.trust import consoles
from tools.trust.consoles import Database, Outcome

CHANGES, BOUND, SETTINGS = 1000, 1.0, 10
PAUSE = 0.002
READS = 200_000
LONGEST_READ = 1e-6
_UPDATE = text("UPDATE application_settings SET value = :value WHERE id = :id")


def trials(database: Database, changes: int = CHANGES, bound: float = BOUND) -> list[Outcome]:
    """Change settings by the console and by SQL in turn, while a reader looks at them."""
    with consoles.console(database):
        ids = consoles.add_settings(SETTINGS)
        with SettingsReader(database.url, max_age=bound) as reader:
            seen = _Seen(reader)
            seen.start()
            changed = [_changed(database, ids, number) for number in range(1, changes + 1)]
            seen.wait_for(changes)
            took = _seconds_of_a_read(reader)
    delays = [
        max(0.0, seen.at.get(number, float("inf")) - at) for number, at in enumerate(changed, 1)
    ]
    late = sum(delay > bound for delay in delays)
    result = f"{changes - late} of {changes}, after {max(delays):.2f} s at most"
    return [
        Outcome(
            f"{changes} changes, half by SQL: a reader sees each within a second", result, not late
        ),
        Outcome(
            "A cached read of a setting: 1 microsecond",
            f"{took * 1e6:.2f} microseconds",
            took <= LONGEST_READ,
        ),
    ]


def _seconds_of_a_read(reader: SettingsReader) -> float:
    """Return what a cached read takes of the processor, whatever else the machine does."""
    timer = timeit.Timer(lambda: reader["number_0"], timer=time.thread_time)
    return min(timer.repeat(5, READS)) / READS


class _Seen(threading.Thread):
    """A thread that notes when the reader first has each change; settings change in turn."""

    def __init__(self, reader: SettingsReader) -> None:
        super().__init__(daemon=True)
        self._reader, self._keys = reader, [f"number_{place}" for place in range(SETTINGS)]
        self.at: dict[int, float] = {}
        self._enough = threading.Event()
        self._wanted = 0

    def run(self) -> None:
        """Look until all wanted changes were seen."""
        newest = dict.fromkeys(self._keys, 0)
        while not self._wanted or len(self.at) < self._wanted:
            for place, key in enumerate(self._keys):
                value, now = self._reader[key], time.monotonic()
                # A newer value shows that the ones before it are over.
                for number in range(newest[key] + 1, value + 1):
                    if number % SETTINGS == place:
                        self.at[number] = now
                newest[key] = max(newest[key], value)
            time.sleep(PAUSE)
        self._enough.set()

    def wait_for(self, changes: int) -> None:
        """Wait until so many changes were seen, or for half a minute."""
        self._wanted = changes
        self._enough.wait(30)


def _changed(database: Database, ids: list[int], number: int) -> float:
    """Give a setting its number, by SQL if that is odd; return the time at which it was stored."""
    setting_id = ids[number % SETTINGS]
    if number % 2:
        _by_sql(database, setting_id, str(number))
    else:
        consoles.save([setting_id], str(number))
    return time.monotonic()


def _by_sql(database: Database, setting_id: int, value: str) -> Any:
    engine = database.engine()
    with engine.begin() as connection:
        connection.execute(_UPDATE, {"value": value, "id": setting_id})
