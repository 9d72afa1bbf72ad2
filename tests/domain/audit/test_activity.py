"""Changes per day: days of the reader's zone, whatever the connection has, without gaps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import audit
from app.domain.audit import ActivityKind, Day
from app.models import AuditEvent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def happened(session):
    """Adds events: ``happened("setting:changed", "2026-11-20 23:59:59.999999")``."""

    def happened(action, *moments):
        for moment in moments:
            at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            target = action.partition(":")[0]
            session.add(
                AuditEvent(
                    at=at,
                    actor_kind="person",
                    actor_name="ada",
                    action=action,
                    target_type=target,
                    target_name="x",
                )
            )
        session.commit()

    return happened


def test_days_without_events_are_there_too(session):
    days = audit.per_day(session, 30, now=NOON)

    assert days[0] == Day(date(2026, 10, 24))
    assert days[-1] == Day(date(2026, 11, 22))
    assert len(days) == 30


def test_a_day_begins_and_ends_in_utc(session, happened):
    happened("setting:changed", "2026-11-20 00:00:00", "2026-11-20 23:59:59.999999")
    happened("setting:changed", "2026-11-21 00:00:00")

    days = {day.date.day: day.settings for day in audit.per_day(session, 3, now=NOON)}

    assert days == {20: 2, 21: 1, 22: 0}


# The first moment of a day and of the next one, in UTC: days of 23, 24, 25 and 23.5 hours, one that
# begins at one o'clock, and one that was skipped.
@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("America/New_York", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00"),
        ("America/New_York", "2026-03-08", "2026-03-08 05:00", "2026-03-09 04:00"),
        ("Asia/Kathmandu", "2026-11-20", "2026-11-19 18:15", "2026-11-20 18:15"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 13:30", "2026-10-04 13:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00", "2026-04-24 21:00"),
        ("America/Havana", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29 10:00", "2011-12-30 10:00"),
    ],
)
def test_a_day_is_that_of_the_zone(session, happened, statements, zone, day, start, end):
    moment, midnight = datetime.fromisoformat(start), datetime.fromisoformat(end)
    happened("setting:changed", f"{moment - timedelta.resolution}", f"{moment}")
    happened("role:assigned", f"{midnight - timedelta.resolution}", f"{midnight}")
    now = datetime.fromisoformat(f"{day} 12:00").replace(tzinfo=ZoneInfo(zone))

    with statements.at_most(1):
        days = audit.per_day(session, 30, now=now + timedelta(days=3))

    assert [each.date for each in days] == [days[0].date + timedelta(days=n) for n in range(30)]
    [that] = [each for each in days if each.date == date.fromisoformat(day)]
    assert (that.settings, that.access) == (1, 1)
    assert sum(each.total for each in days) == 4


def test_what_is_older_is_left_out(session, happened):
    happened("setting:changed", "2026-11-20 23:59:59.999999")

    assert not any(day.total for day in audit.per_day(session, 2, now=NOON))


def test_events_are_told_apart(session, happened):
    happened("setting:changed", "2026-11-22 01:00:00", "2026-11-22 02:00:00")
    happened("role:assigned", "2026-11-22 01:00:00")
    happened("user:created", "2026-11-22 01:00:00")
    happened("permission:denied", "2026-11-22 01:00:00")
    happened("change:refused", "2026-11-22 01:00:00")
    happened("user:signed-in", "2026-11-22 01:00:00")

    today = audit.per_day(session, 1, now=NOON)[0]

    assert (today.settings, today.access, today.refused) == (2, 2, 2)
    assert (today.changes, today.total) == (4, 6)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("setting:deleted", ActivityKind.SETTINGS),
        ("role:created", ActivityKind.ACCESS),
        ("password:changed", ActivityKind.ACCESS),
        ("change:refused", ActivityKind.REFUSED),
        ("session:ended", None),
    ],
)
def test_an_action_says_what_it_was_about(action, kind):
    assert audit.kind_of(action) is kind
