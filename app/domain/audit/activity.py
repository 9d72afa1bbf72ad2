"""Activity: how many recorded changes there were on each day."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.models import AuditEvent, DbSession

REFUSALS = frozenset({"permission:denied", "change:refused"})
NO_CHANGES = frozenset({"user:signed-in", "user:signed-out", "session:ended"})


class ActivityKind(StrEnum):
    """The subject of an event."""

    SETTINGS = "settings"
    ACCESS = "access"
    REFUSED = "refused"


@dataclass(frozen=True)
class Day:
    """One day in UTC, and how many events of each kind it had."""

    date: date
    settings: int = 0
    access: int = 0
    refused: int = 0

    @property
    def changes(self) -> int:
        """The number of changes made."""
        return self.settings + self.access

    @property
    def total(self) -> int:
        """The number of changes made or refused."""
        return self.changes + self.refused


class utc_date(FunctionElement[date]):
    """The day of a moment in UTC, whatever the time zone of the connection is."""

    inherit_cache = True
    type = Date()


@compiles(utc_date)
def _utc_date(element: utc_date, compiler: Any, **options: Any) -> str:
    # What is stored is UTC, and so is the connection to MySQL.
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(utc_date, "postgresql")
def _utc_date_postgresql(element: utc_date, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC')"


def per_day(session: DbSession, days: int, *, now: datetime) -> list[Day]:
    """Return each of the last days, the oldest first, today among them, in one statement.

    Args:
        session: The database session.
        days: How many.
        now: The moment that today is the day of.
    """
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=days - 1)
    counted = _counted(session, first)
    return [_day(first + timedelta(days=number), counted) for number in range(days)]


def kind_of(action: str) -> ActivityKind | None:
    """Return what an event with this action was about; None where nothing was to be changed."""
    if action in REFUSALS:
        return ActivityKind.REFUSED
    if action in NO_CHANGES:
        return None
    return ActivityKind.SETTINGS if action.startswith("setting:") else ActivityKind.ACCESS


def _counted(session: DbSession, first: date) -> dict[date, Counter[ActivityKind]]:
    day: ColumnElement[date] = utc_date(AuditEvent.at)
    query = (
        select(day.label("day"), AuditEvent.action, func.count().label("events"))
        .where(AuditEvent.at >= datetime.combine(first, time(), UTC))
        .group_by(day, AuditEvent.action)
    )
    counted: dict[date, Counter[ActivityKind]] = defaultdict(Counter)
    for row in session.execute(query):
        kind = kind_of(row.action)
        if kind is not None:
            counted[row.day][kind] += row.events
    return counted


def _day(day: date, counted: dict[date, Counter[ActivityKind]]) -> Day:
    counts = counted.get(day, Counter[ActivityKind]())
    return Day(day, *(counts[kind] for kind in ActivityKind))
