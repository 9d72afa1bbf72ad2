"""Changes per day: in UTC, whatever zone the connection has, and without gaps."""

from datetime import UTC, date, datetime

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
