"""The effect of a stored value: how many readers run it, and what the others run instead."""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from app.domain.phrases import listed
from app.domain.settings import secrecy, secrets, values
from app.domain.settings.readers.reports import Reader, Readers, ReadFrom, read_readers
from app.models import ApplicationSetting, DbSession

UNKNOWN = "Stored. The console does not know when the backend reads it."


class DeviationKind(StrEnum):
    """The way in which a reader does not take the stored value."""

    EARLIER = "earlier"
    MISSING = "missing"
    OVERRIDDEN = "overridden"
    DEFAULT = "default"


class Deviation(NamedTuple):
    """A reader that has a value from elsewhere, or a former one.

    Attributes:
        kind: The way in which it deviates.
        reader: The name of the reader.
        value: The value in words, or what may be said of it.
        is_other: Whether it runs another value than the stored one, as far as is known.
    """

    kind: DeviationKind
    reader: str
    value: str
    is_other: bool

    @property
    def sentence(self) -> str:
        """The deviation in words."""
        match self.kind:
            case DeviationKind.EARLIER:
                return f"{self.reader} still {self.value}"
            case DeviationKind.MISSING:
                return f"{self.reader} does not have it yet"
            case DeviationKind.OVERRIDDEN:
                return f"overridden by the environment on {self.reader}: {self.value}"
            case DeviationKind.DEFAULT:
                return f"{self.reader} uses a default of its own: {self.value}"


class Effect(NamedTuple):
    """What readers run of one setting.

    Attributes:
        readers: The number of readers that report.
        running: The number of those that run the stored value.
        since: Since when all of these have it; None if there are none.
        value: The stored value in words.
        deviations: What the others run.
        last_seen: When the last reader reported, if none does any longer.
    """

    readers: int
    running: int
    since: datetime | None
    value: str
    deviations: tuple[Deviation, ...] = ()
    last_seen: datetime | None = None

    @property
    def headline(self) -> str:
        """The effect in words, without its time."""
        if self.readers:
            return f"{self.running} of {self.readers} running {self.value}"
        return UNKNOWN if self.last_seen is None else "Stored. No program has reported"

    @property
    def others(self) -> tuple[Deviation, ...]:
        """The deviations that make a difference."""
        return tuple(deviation for deviation in self.deviations if deviation.is_other)

    @property
    def note(self) -> str:
        """The difference in few words; "" where there is none."""
        if not self.others:
            return ""
        overridden = [one.reader for one in self.others if one.kind is DeviationKind.OVERRIDDEN]
        if len(overridden) == len(self.others):
            return f"Overridden on {listed(overridden)}"
        return f"{self.running} of {self.readers} running it"


def effect_of_setting(session: DbSession, setting: ApplicationSetting) -> Effect:
    """Return what readers run of a setting, with one statement."""
    is_secret = secrets.is_secret_setting(setting)
    return effect_of(setting.key, setting.value, read_readers(session), is_secret=is_secret)


def effect_of(key: str, value: str | None, readers: Readers, *, is_secret: bool) -> Effect:
    """Return what readers run of a setting.

    Args:
        key: Its key.
        value: Its stored value; None for "not set".
        readers: The readers.
        is_secret: Whether its value is hidden.
    """
    last = max((reader.last_seen for reader in readers.silent), default=None)
    if not readers.active:
        return Effect(0, 0, None, "", (), None if last is None else _moment(last))
    digest = _digest(value)
    stored = "it as not set" if value is None else _in_words(value, is_secret=is_secret)
    pairs = [
        (reader, _deviation(reader, key, digest, is_secret=is_secret)) for reader in readers.active
    ]
    found = tuple(deviation for _, deviation in pairs if deviation)
    running = [reader for reader, deviation in pairs if not (deviation and deviation.is_other)]
    since = max((min(reader.values[key].since, reader.last_seen) for reader in running), default=0)
    return Effect(
        len(readers.active), len(running), _moment(since) if since else None, stored, found
    )


def _deviation(reader: Reader, key: str, digest: str, *, is_secret: bool) -> Deviation | None:
    found = reader.values.get(key)
    if found is None:
        return Deviation(DeviationKind.MISSING, reader.label, "", is_other=True)
    text = None if is_secret or found.text is None else _in_words(found.text, is_secret=False)
    if found.source is ReadFrom.ENVIRONMENT:
        said = (
            text
            or {True: "the same value", False: "a different value", None: "a value"}[found.is_same]
        )
        return Deviation(DeviationKind.OVERRIDDEN, reader.label, said, found.is_same is not True)
    if found.digest != digest:
        if not found.digest:
            text = values.in_sentence(None)
        return Deviation(
            DeviationKind.EARLIER, reader.label, text or "an earlier value", is_other=True
        )
    if found.source is ReadFrom.DEFAULT:
        return Deviation(DeviationKind.DEFAULT, reader.label, text or "a value", is_other=False)
    return None


def _in_words(value: str, *, is_secret: bool) -> str:
    return "the stored value" if is_secret else values.in_sentence(secrecy.masked(value))


def _digest(value: str | None) -> str:
    return "" if value is None else hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
