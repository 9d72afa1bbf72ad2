"""Settings of RAG Fortress Console, read inside a program: ``reader["chunk_size"]`` gives 800."""

from settings_reader.errors import (
    SettingsError,
    SettingsUnavailable,
    UnknownSetting,
    UnreadableSetting,
)
from settings_reader.reader import SettingsReader
from settings_reader.reports import Process
from settings_reader.snapshot import Origin, Snapshot, Source

__all__ = [
    "Origin",
    "Process",
    "SettingsError",
    "SettingsReader",
    "SettingsUnavailable",
    "Snapshot",
    "Source",
    "UnknownSetting",
    "UnreadableSetting",
]
