"""Readers of settings, and a database that holds nothing but settings."""

import sqlite3
import time

import pytest

from settings_reader import SettingsReader

MAX_AGE = 0.02


@pytest.fixture
def file(tmp_path):
    """Executes SQL on a SQLite database with the table of settings: ``file("DELETE ...")``."""
    path = tmp_path / "settings.db"
    connection = sqlite3.connect(path, isolation_level=None)

    def execute(statement, *values):
        return connection.execute(statement, values).fetchall()

    execute("CREATE TABLE application_settings (key TEXT, value TEXT, data_type TEXT)")
    execute.url = f"sqlite:///{path}"
    yield execute
    connection.close()


@pytest.fixture
def store(file):
    """Stores a setting: ``store("chunk_size", "800", "integer")``."""

    def store(key, value, data_type="string"):
        file("DELETE FROM application_settings WHERE key = ?", key)
        file("INSERT INTO application_settings VALUES (?, ?, ?)", key, value, data_type)

    return store


@pytest.fixture
def read(file):
    """Makes a reader of the file, or of another database: ``read(overrides={...})``."""
    readers = []

    def read(database=None, **options):
        options = {"max_age": MAX_AGE, "keys": ()} | options
        readers.append(SettingsReader(database or file.url, **options))
        return readers[-1]

    yield read
    for reader in readers:
        reader.close()


def eventually(question, seconds=5):
    """Ask until the answer is yes."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.005)  # who asks all the time keeps SQLite's writers out
    return answer
