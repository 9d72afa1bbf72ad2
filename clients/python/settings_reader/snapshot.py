"""Snapshots: all settings as one read found them, with what is declared for them put on top."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from settings_reader import secrets
from settings_reader.errors import UnknownSetting, UnreadableSetting
from settings_reader.values import typed


class Row(NamedTuple):
    """A stored setting; ``value`` is None for "not set"."""

    value: str | None
    data_type: str


Rows = Mapping[str, Row]


class Source(StrEnum):
    """The place a value comes from."""

    DATABASE = "database"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True)
class Declared:
    """The declarations of a program.

    Attributes:
        overrides: The overriding texts by key, of variables that are set.
        variables: The names of these variables by key.
        defaults: The values of settings that have none in the database.
        keys: The keys of secrets.
    """

    overrides: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[bytes, ...] = field(default=(), repr=False)


class Origin(NamedTuple):
    """The origin of a value.

    Attributes:
        source: Database, environment or default.
        since: When the reader first had this value, in seconds since 1970.
        digest: SHA-256 of the stored text, whether it is in effect or not; "" for "not set".
        variable: The name of the variable that overrides the stored value, or "".
    """

    source: Source
    since: float
    digest: str
    variable: str = ""


class Snapshot(Mapping[str, Any]):
    """All settings as one statement found them, typed; it never changes.

    Attributes:
        rows: The stored rows.
        origins: The origin of each value.
        plain: The values that can be handed out as they are.
        containers: The values that are lists or objects.
        problems: The reasons why values cannot be read.
        read_at: When the read began, in seconds since 1970.
        read_on: The same by the clock of ``time.monotonic``.
    """

    __slots__ = (
        *("_declared", "containers", "origins", "plain", "problems", "read_at", "read_on", "rows"),
    )

    def __init__(self, rows: Rows, declared: Declared, before: "Snapshot | None" = None) -> None:
        self.rows = rows
        self.plain: dict[str, Any] = {}
        self.read_at, self.read_on = time.time(), time.monotonic()
        self.containers: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        origins = {}
        for key in sorted({*rows, *declared.overrides, *declared.defaults}):
            self._take(key, rows.get(key, Row(None, "string")), declared, before)
            origins[key] = self._origin(key, declared, before)
        self.origins: Mapping[str, Origin] = MappingProxyType(origins)
        self._declared = declared

    def __getitem__(self, key: str) -> Any:
        if key in self.plain:
            return self.plain[key]
        if key in self.containers:
            # Made again for each reader, so that nobody changes it for the others.
            return _copied(self.containers[key])
        problem = self.problems.get(key)
        raise UnreadableSetting(problem) if problem else UnknownSetting(key)

    def __contains__(self, key: object) -> bool:
        return key in self.origins

    def __iter__(self) -> Iterator[str]:
        return iter(self.origins)

    def __len__(self) -> int:
        return len(self.origins)

    @property
    def age(self) -> float:
        """The seconds since the read began."""
        return time.monotonic() - self.read_on

    def again(self, read_at: float, read_on: float) -> "Snapshot":
        """Return the same snapshot, read once more at another time."""
        copy = Snapshot.__new__(Snapshot)
        for name in self.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.read_at, copy.read_on = read_at, read_on
        return copy

    def in_effect(self, key: str) -> str | None:
        """Return the text of the value in effect, encrypted if it is stored so; None for none."""
        row = self.rows.get(key)
        if key in self._declared.overrides:
            return self._declared.overrides[key]
        if row is not None and row.value is not None:
            return row.value
        default = self._declared.defaults.get(key)
        return None if default is None else json.dumps(default, default=str)

    def is_as_stored(self, key: str) -> bool | None:
        """Tell whether the value in effect is that of the database; None where nobody can tell."""
        row = self.rows.get(key, Row(None, "string"))
        if key in self.problems:
            return False
        try:
            stored = _value(key, row, Declared(keys=self._declared.keys))
        except ValueError:
            return None
        return bool(stored == self[key])

    def _take(self, key: str, row: Row, declared: Declared, before: "Snapshot | None") -> None:
        if before is not None and before.rows.get(key) == row:
            # Decrypting takes longer than all the rest.
            for kept, former in zip(self.kinds, before.kinds, strict=True):
                if key in former:
                    kept[key] = former[key]
            return
        try:
            value = _value(key, row, declared)
        except ValueError as error:
            name = declared.variables.get(key)
            self.problems[key] = f"{key}{f' (variable {name})' if name else ''} is {error}."
        else:
            kept = self.containers if isinstance(value, (dict, list)) else self.plain
            kept[key] = value

    @property
    def kinds(self) -> tuple[dict[str, Any], ...]:
        """The plain values, the lists and objects, and the problems."""
        return self.plain, self.containers, self.problems

    def _origin(self, key: str, declared: Declared, before: "Snapshot | None") -> Origin:
        row = self.rows.get(key)
        stored = digest_of(row.value if row else None)
        source, variable = Source.DATABASE, ""
        if key in declared.overrides:
            source, variable = Source.ENVIRONMENT, declared.variables[key]
        elif not stored and key in declared.defaults:
            source = Source.DEFAULT
        former = before.origins.get(key) if before else None
        if former and former.source == source and stored == former.digest:
            return former
        is_same = former and source is Source.ENVIRONMENT
        since = former.since if former and is_same else self.read_at
        return Origin(source, since, stored, variable)


def digest_of(text: str | None) -> str:
    """Return the SHA-256 of a stored text; "" for "not set"."""
    return "" if text is None else hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _value(key: str, row: Row, declared: Declared) -> Any:
    if key in declared.overrides:
        return typed(declared.overrides[key], row.data_type)
    if row.value is None:
        return declared.defaults.get(key)
    is_encrypted = secrets.is_encrypted(row.value)
    text = secrets.decrypted(row.value, declared.keys) if is_encrypted else row.value
    return typed(text, row.data_type)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_copied(entry) for entry in value]
    return value
