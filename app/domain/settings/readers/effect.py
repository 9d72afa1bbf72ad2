"""The effect of a stored value: how many readers run it, and what the others run instead."""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from app.domain.phrases import listed
from app.domain.settings import secrecy, secrets, values
from app.domain.settings.readers.reports import Readers, ReadFrom, ReadValue, read_readers
from app.models import ApplicationSetting, DbSession

MISSING = ReadValue(ReadFrom.DATABASE, "missing", 0, None, None)
SAMENESS = {True: "the same value", False: "a different value", None: "a value"}
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
    """The values of one setting that readers run.

    Attributes:
        readers: The number of readers that report.
        running: The number of those that run the stored value.
        held_since: Since when all of these have it, in seconds since 1970; 0 if there are none.
        stored: The stored value; None for "not set", and for a secret.
        is_secret: Whether a value is stored that is hidden.
        deviations: What the others run.
        silent_since: When the last reader reported, if none does any longer; 0 for never.
    """

    readers: int = 0
    running: int = 0
    held_since: int = 0
    stored: str | None = None
    is_secret: bool = False
    deviations: tuple[Deviation, ...] = ()
    silent_since: int = 0

    @property
    def since(self) -> datetime | None:
        """Since when all that run the stored value have it."""
        return _moment(self.held_since)

    @property
    def last_seen(self) -> datetime | None:
        """The time of the last report, if no reader reports any longer."""
        return _moment(self.silent_since)

    @property
    def headline(self) -> str:
        """The effect in words, without its time."""
        if self.readers:
            return f"{self.running} of {self.readers} running {self._value}"
        return "Stored. No program has reported" if self.silent_since else UNKNOWN

    @property
    def _value(self) -> str:
        if self.is_secret:
            return "the stored value"
        return "it as not set" if self.stored is None else _in_words(self.stored)

    @property
    def others(self) -> tuple[Deviation, ...]:
        """The deviations that make a difference."""
        return tuple(deviation for deviation in self.deviations if deviation.is_other)

    @property
    def note(self) -> str:
        """The difference in few words; "" where there is none."""
        others = self.others
        if not others:
            return ""
        overridden = [one.reader for one in others if one.kind is DeviationKind.OVERRIDDEN]
        if len(overridden) == len(others):
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
    if not readers.active:
        return Effect(silent_since=max((reader.last_seen for reader in readers.silent), default=0))
    digest, since, running = _digest(value), 0, 0
    deviations: tuple[Deviation, ...] = ()
    for reader in readers.active:
        found = reader.values.get(key, MISSING)
        # Most readers run most values as they are stored, and lists ask for all settings.
        if found.digest != digest or found.source is not ReadFrom.DATABASE:
            deviations += (_deviation(reader.label, found, digest, is_secret=is_secret),)
            if deviations[-1].is_other:
                continue
        running += 1
        since = max(since, min(found.since, reader.last_seen))
    stored = None if is_secret else value
    is_hidden = is_secret and value is not None
    return Effect(len(readers.active), running, since, stored, is_hidden, deviations)


def _deviation(label: str, found: ReadValue, digest: str, *, is_secret: bool) -> Deviation:
    if found is MISSING:
        return Deviation(DeviationKind.MISSING, label, "", is_other=True)
    text = None if is_secret or found.text is None else _in_words(found.text)
    if found.source is ReadFrom.ENVIRONMENT:
        said = text or SAMENESS[found.is_same]
        return Deviation(DeviationKind.OVERRIDDEN, label, said, found.is_same is not True)
    if found.digest != digest:
        said = (text or "an earlier value") if found.digest else values.in_sentence(None)
        return Deviation(DeviationKind.EARLIER, label, said, is_other=True)
    return Deviation(DeviationKind.DEFAULT, label, text or "a value", is_other=False)


def _in_words(value: str) -> str:
    return values.in_sentence(secrecy.masked(value))


def _digest(value: str | None) -> str:
    return "" if value is None else hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
