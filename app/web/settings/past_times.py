"""The times that the page of past settings compares: typed in the reader's zone, kept exactly.

What is typed has minutes or seconds, and may be two moments on the day on which clocks go back. So
URLs and forms carry the moment itself, in UTC, beside what the field shows.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import request

from app.domain.errors import InvalidValue
from app.web import zones

IN_FIELD = "%Y-%m-%dT%H:%M:%S"
NO_TIME = "Enter a date and a time, such as 2026-11-27T14:00."


@dataclass(frozen=True)
class PastTime:
    """A moment, as the page shows and carries it.

    Attributes:
        moment: The moment.
        other: The other moment with the same time in the reader's zone, if clocks went back.
        skipped: The time that was typed, if clocks went forward and it never was.
    """

    moment: datetime
    other: datetime | None = None
    skipped: str = ""

    @property
    def text(self) -> str:
        """The time in the reader's zone, as a field shows it."""
        return self.moment.astimezone(zones.current()).strftime(IN_FIELD)

    @property
    def exact(self) -> str:
        """The moment in UTC, as URLs carry it."""
        return exact(self.moment)

    @property
    def clock(self) -> str:
        """The time in the reader's zone without the date."""
        return f"{self.moment.astimezone(zones.current()):%H:%M}"

    @property
    def utc_clock(self) -> str:
        """The moment in UTC without the date."""
        return f"{self.moment:%H:%M} UTC"

    @property
    def twin(self) -> "PastTime | None":
        """The other moment with the same time."""
        return PastTime(self.other) if self.other else None

    @property
    def is_first(self) -> bool:
        """Tell whether it is the first of two moments with the same time."""
        return self.other is not None and self.moment < self.other


def exact(moment: datetime) -> str:
    """Return a moment in UTC with all of its digits: 2026-10-25T01:30:00.123456Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def of_url(name: str) -> PastTime | None:
    """Return the time in the URL; None for none.

    What was typed is a time in the reader's zone. If it is that of the moment that the form carries
    beside it, then that moment is meant.

    Raises:
        InvalidValue: The text is no time.
    """
    try:
        typed = _parsed(request.args.get(name, ""))
        carried = _parsed(request.args.get(f"{name}_exact", ""))
        return _meant(typed, carried) if typed else None
    except (ValueError, OverflowError) as error:
        raise InvalidValue(NO_TIME) from error


def _meant(typed: datetime, carried: datetime | None) -> PastTime:
    if typed.tzinfo is not None:
        return _known(typed)
    if carried and carried.tzinfo and _local(carried).replace(microsecond=0) == typed:
        return _known(carried)
    known = _known(typed.replace(tzinfo=zones.current()))
    is_skipped = _local(known.moment) != typed
    return replace(known, skipped=f"{typed:%H:%M}") if is_skipped else known


def _known(moment: datetime) -> PastTime:
    # By UTC, in which every moment is there: the zone itself keeps a time that was skipped.
    found = moment.astimezone(UTC)
    local = _local(found)
    sides = (local.replace(tzinfo=zones.current(), fold=fold) for fold in (0, 1))
    others = (side for side in (side.astimezone(UTC) for side in sides) if side != found)
    return PastTime(found, next(others, None))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zones.current()).replace(tzinfo=None)


def _parsed(text: str) -> datetime | None:
    return datetime.fromisoformat(text.strip()) if text.strip() else None
