"""Activity: how many recorded changes there were on each day."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    String,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from app.models import AuditEvent, DbSession, FailedSignIn

REFUSALS = frozenset({"permission:denied", "change:refused"})
SIGN_IN_FAILED = "sign-in:failed"
OF_SETTINGS = ("setting:", "relation:", "category:")
NO_CHANGES = frozenset(
    {
        *("user:signed-in", "user:signed-out", "user:reauthenticated", "session:ended"),
        *("access:recorded", "settings:recorded"),
    }
)


class ActivityKind(StrEnum):
    """The subject of an event."""

    SETTINGS = "settings"
    ACCESS = "access"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Day:
    """One day, and how many events of each kind it had."""

    date: date
    settings: int = 0
    access: int = 0
    refused: int = 0
    failed_sign_ins: int = 0

    @property
    def changes(self) -> int:
        """The number of changes made."""
        return self.settings + self.access

    @property
    def total(self) -> int:
        """The number of changes made or refused."""
        return self.changes + self.refused


def per_day(session: DbSession, days: int, *, now: datetime) -> list[Day]:
    """Return each of the last days, the oldest first, today among them, in one statement.

    Args:
        session: The database session.
        days: How many.
        now: The present moment, in the time zone whose days are meant.
    """
    first = now.date() - timedelta(days=days - 1)
    dates = [first + timedelta(days=number) for number in range(days + 1)]
    counted = _counted(session, [start_of(day, now.tzinfo) for day in dates])
    return [_day(day, counted[index]) for index, day in enumerate(dates[:-1])]


def kind_of(action: str) -> ActivityKind | None:
    """Return what an event with this action was about; None where nothing was to be changed."""
    if action in REFUSALS:
        return ActivityKind.REFUSED
    if action == SIGN_IN_FAILED:
        return ActivityKind.FAILED
    if action in NO_CHANGES:
        return None
    return ActivityKind.SETTINGS if action.startswith(OF_SETTINGS) else ActivityKind.ACCESS


def start_of(day: date, zone: tzinfo | None) -> datetime:
    """Return the moment at which a day begins in a time zone."""
    # The first midnight where there are two; where there is none, the moment that skips it.
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _counted(
    session: DbSession, starts: Sequence[datetime]
) -> defaultdict[int, Counter[ActivityKind]]:
    """Count the events of each day by kind; each day ends where the next one starts."""
    moments = {f"start_{number}": start for number, start in enumerate(starts)}
    counted: defaultdict[int, Counter[ActivityKind]] = defaultdict(Counter)
    for row in session.execute(_query(len(starts) - 1), moments):
        kind = kind_of(row.action)
        if kind is not None:
            counted[row.day][kind] += int(row.events)
    return counted


@cache
def _query(days: int) -> CompoundSelect[Any]:
    # Failed sign-ins are no events; they are counted in the same statement.
    failed = literal_column(f"'{SIGN_IN_FAILED}'", String)
    events = _within(days, AuditEvent.at, AuditEvent.action, literal_column("1", Integer))
    failures = _within(days, FailedSignIn.hour, failed, FailedSignIn.failures)
    return union_all(
        select(events.c.day, events.c.action, func.count().label("events")).group_by(
            events.c.day, events.c.action
        ),
        select(failures.c.day, failures.c.action, func.sum(failures.c.amount)).group_by(
            failures.c.day, failures.c.action
        ),
    )


def _within(days: int, moment: Any, action: Any, amount: Any) -> Subquery:
    columns = (_index(moment, 0, days).label("day"), action.label("action"), amount.label("amount"))
    last = moment < bindparam(f"start_{days}")
    return select(*columns).where(moment >= bindparam("start_0"), last).subquery()


def _index(moment: Any, low: int, high: int) -> ColumnElement[int]:
    """Return the index of a moment's day, from ``low`` up to ``high``, found by halving.

    Days of 23 and 25 hours need no arithmetic on dates this way, which databases do differently.
    """
    if high - low == 1:
        return literal_column(str(low), Integer)
    middle = (low + high) // 2
    is_before = moment < bindparam(f"start_{middle}")
    return case((is_before, _index(moment, low, middle)), else_=_index(moment, middle, high))


def _day(day: date, counts: Counter[ActivityKind]) -> Day:
    return Day(day, *(counts[kind] for kind in ActivityKind))
