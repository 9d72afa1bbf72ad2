"""The cards with changes: per day as a chart, and the most recent as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from app.domain import audit
from app.domain.audit import ActivityKind, Day
from app.domain.permissions import PermissionCode
from app.domain.phrases import number
from app.extensions import db
from app.web import zones
from app.web.home import charts
from app.web.urls import queried

DAYS, PHONE_DAYS = 30, 14
WIDTH, PHONE_WIDTH = 720, 300
LABELS = {
    ActivityKind.SETTINGS: "to settings",
    ActivityKind.ACCESS: "to access",
    ActivityKind.REFUSED: "refused",
}


@dataclass(frozen=True)
class Drawing:
    """A chart, and the sentence that describes it."""

    chart: charts.StackedBars
    sentence: str


@dataclass(frozen=True)
class ChangesPerDay:
    """The changes per day: drawn for wide screens and for phones, and as a table."""

    wide: Drawing
    narrow: Drawing
    days: Sequence[Day]
    zone: str

    @property
    def are_none(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(day.total for day in self.days)


def days(now: datetime) -> list[Day] | None:
    """Return the activity of the reader's last days; None for users who may not read it."""
    if not g.me.can(PermissionCode.AUDIT_READ):
        return None
    return audit.per_day(db.session, DAYS, now=now.astimezone(zones.current()))


def per_day(last: Sequence[Day] | None) -> ChangesPerDay | None:
    """Return the charts of the days that `days` has read."""
    if last is None:
        return None
    return ChangesPerDay(
        wide=_drawing(last, WIDTH),
        narrow=_drawing(last[-PHONE_DAYS:], PHONE_WIDTH),
        days=list(reversed(last)),
        zone=zones.current().key,
    )


def _drawing(last: Sequence[Day], width: int) -> Drawing:
    bars = [
        charts.Bar(
            _short(day.date),
            _title(day),
            (day.settings, day.access, day.refused),
            queried("audit.index", day=day.date.isoformat()),
        )
        for day in last
    ]
    return Drawing(charts.stacked(bars, width=width), _sentence(last))


def _title(day: Day) -> str:
    return f"{_short(day.date)}: {_parts([day])}"


def _sentence(last: Sequence[Day]) -> str:
    busiest = max(last, key=lambda day: day.total)
    if not busiest.total:
        return f"Nothing was changed in the last {len(last)} days."
    return (
        f"Changes per day over the last {len(last)} days: {_parts(last)}."
        f" The busiest day was {_short(busiest.date)} with {number(busiest.total)}."
    )


def _parts(last: Sequence[Day]) -> str:
    totals = {kind: sum(getattr(day, kind) for day in last) for kind in LABELS}
    return ", ".join(f"{number(totals[kind])} {label}" for kind, label in LABELS.items())


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
