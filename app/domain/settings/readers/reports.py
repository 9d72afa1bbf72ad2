"""Reports of readers, as another program wrote them: of each, only what can be right is kept.

Who reports no longer fades: after a minute it does not count, after a day it is not known.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, false, func, literal_column, null, select

from app.domain.settings import secrecy
from app.domain.visible import brief, visible
from app.models import DbSession, ReaderReport
from app.models.base import utcnow

COUNTED_SECONDS, KNOWN_SECONDS, AHEAD_SECONDS = 60, 86_400, 300
LONGEST_REPORT, LONGEST_TEXT, MOST_READERS, MOST_SETTINGS = 400_000, 80, 100, 2000
LONGEST_NAME = 40
_DIGEST = re.compile("|[0-9a-f]{64}")
_LATEST = 2**40
# Of the same columns as the rows of settings, so that a list reads all in one statement.
_COLUMNS: tuple[Any, ...] = (
    literal_column("'reader'").label("kind"),
    *(ReaderReport.id, ReaderReport.name, ReaderReport.settings, ReaderReport.instance, null()),
    *(cast(ReaderReport.last_seen, String(20)), false(), null()),
)
REPORTS: Select[Any] = select(*_COLUMNS).where(func.length(ReaderReport.settings) <= LONGEST_REPORT)


class ReadFrom(StrEnum):
    """The place a reader has a value from."""

    DATABASE = "database"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


class ReadValue(NamedTuple):
    """The value of one setting, as a reader has it.

    Attributes:
        source: Where it is from.
        digest: SHA-256 of the stored text that it knows; "" for "not set".
        since: When it first had the value, in seconds since 1970.
        text: The beginning of the value; None for one that may be a secret.
        is_same: Whether an overriding value is the stored one; None for unknown.
    """

    source: ReadFrom
    digest: str
    since: int
    text: str | None
    is_same: bool | None


class Reader(NamedTuple):
    """A process that has reported.

    Attributes:
        name: The name of the program.
        label: The name of the process, after that of the program where others have the same.
        last_seen: When it reported last, in seconds since 1970.
        values: What it runs, by key.
    """

    name: str
    label: str
    last_seen: int
    values: Mapping[str, ReadValue]


class Readers(NamedTuple):
    """The readers by what they count for.

    Attributes:
        active: Those that report.
        silent: Those that have reported within a day, but not within a minute.
    """

    active: Sequence[Reader] = ()
    silent: Sequence[Reader] = ()


def read_readers(session: DbSession) -> Readers:
    """Return the readers that are known, in one statement."""
    return collected(tuple(row) for row in session.connection().execute(REPORTS))


def collected(rows: Iterable[Sequence[Any]]) -> Readers:
    """Return the readers that rows of `REPORTS` tell of."""
    now = int(utcnow().timestamp())
    found = [reader for row in rows if (reader := _reader(row, now))]
    found.sort(key=lambda reader: -reader.last_seen)
    known = sorted(_told_apart(found[:MOST_READERS]), key=lambda reader: reader.label)
    limit = now - COUNTED_SECONDS
    return Readers(
        [reader for reader in known if reader.last_seen >= limit],
        [reader for reader in known if reader.last_seen < limit],
    )


def _told_apart(readers: Sequence[Reader]) -> Iterator[Reader]:
    times = Counter(reader.label for reader in readers)
    for reader in readers:
        is_alone = times[reader.label] == 1
        yield reader if is_alone else reader._replace(label=f"{reader.name} {reader.label}")


def _reader(row: Sequence[Any], now: int) -> Reader | None:
    _, _, name, settings, instance, _, last_seen, _, _ = row
    if not all(isinstance(text, str) for text in (name, settings, instance)):
        return None
    text = str(last_seen)
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(_LATEST)) else 0
    if not now - KNOWN_SECONDS <= seen <= now + AHEAD_SECONDS:
        return None
    values = _values(settings)
    # A clock that is ahead makes nobody's report last longer.
    return Reader(_named(name), _named(instance), min(seen, now), values) if values else None


def _named(text: str) -> str:
    return visible(brief(text, LONGEST_NAME))


@lru_cache(maxsize=16)
def _values(text: str) -> Mapping[str, ReadValue]:
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    entries = report.get("settings") if isinstance(report, dict) else None
    if not isinstance(entries, dict) or len(entries) > MOST_SETTINGS:
        return {}
    return {key: value for key, entry in entries.items() if (value := _value(entry))}


def _shown(text: str) -> str:
    """Return the beginning of a value; a byte of an environment that is not UTF-8 as “?”."""
    # Before it is cut: of half an address nobody could tell where its password is.
    beginning = secrecy.masked(text)[: LONGEST_TEXT + 1]
    return beginning.encode(errors="replace").decode()


def _value(entry: Any) -> ReadValue | None:
    match entry:
        case [
            str(source),
            str(digest),
            int(since),
            (str() | None) as text,
            (bool() | None) as same,
        ]:
            if source in list(ReadFrom) and _DIGEST.fullmatch(digest) and 0 <= since < _LATEST:
                shown = None if text is None else _shown(text)
                return ReadValue(ReadFrom(source), digest, since, shown, same)
    return None
