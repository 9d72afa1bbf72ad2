"""Times in the time zone of the reader."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.models import AuditEvent, User
from app.models.base import utcnow
from app.web import filters
from app.web.files import downloads
from tests.support.cookies import cookie

WINTER = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 23, 30, tzinfo=UTC)


@pytest.fixture
def read(app):
    """Apply a filter to a time, for a reader whose cookie names a zone."""

    def read(name, value, zone=None):
        headers = {"Cookie": f"{cookie('zone')}={zone}"} if zone else {}
        with app.test_request_context(headers=headers):
            return app.jinja_env.filters[name](value)

    return read


def created(session, who, moment):
    session.execute(update(User).where(User.id == who.id).values(created_at=moment))
    session.commit()


def test_times_are_in_utc_by_default(sign_in, vera):
    page = sign_in(vera).get("/account")

    assert "Times in UTC. " in page.text


def test_times_are_in_the_chosen_zone_and_their_titles_in_utc(sign_in, vera, session):
    created(session, vera, SUMMER)
    browser = sign_in(vera)
    browser.client.set_cookie(cookie("zone"), "Europe/Berlin")

    page = browser.get("/account").html

    assert 'title="15 Jul 2026, 23:30 UTC">16 Jul 2026, 01:30</time>' in page
    assert 'datetime="2026-07-15T23:30:00Z"' in page


@pytest.mark.parametrize(
    ("zone", "value", "shown"),
    [
        ("Europe/Berlin", WINTER, "16 Jan 2026, 00:30"),
        ("Europe/Berlin", SUMMER, "16 Jul 2026, 01:30"),
        ("America/New_York", WINTER, "15 Jan 2026, 18:30"),
        ("America/New_York", SUMMER, "15 Jul 2026, 19:30"),
        ("Australia/Lord_Howe", WINTER, "16 Jan 2026, 10:30"),
        ("Australia/Lord_Howe", SUMMER, "16 Jul 2026, 10:00"),
        ("Asia/Kathmandu", WINTER, "16 Jan 2026, 05:15"),
    ],
)
def test_daylight_saving_is_handled(read, zone, value, shown):
    assert read("moment", value, zone) == shown
    assert read("day", value, zone) == shown.partition(",")[0]
    assert read("ago", value, zone) == shown.partition(",")[0]
    assert read("utc", value, zone) == filters.utc(value)


@pytest.mark.parametrize(
    ("zone", "now", "then", "shown"),
    [
        ("UTC", "2026-11-22 12:00", "2026-11-21 13:00", "23 h ago"),
        ("UTC", "2026-11-22 12:00", "2026-11-20 13:00", "2 days ago"),
        ("America/New_York", "2026-11-22 04:30", "2026-11-20 05:30", "yesterday"),
        ("America/New_York", "2026-11-22 12:00", "2026-11-16 04:30", "15 Nov 2026"),
        ("America/New_York", "2026-11-22 12:00", "2026-11-16 05:30", "6 days ago"),
        # A day of 25 hours.
        ("America/New_York", "2026-11-02 04:50", "2026-11-01 04:10", "24 h ago"),
    ],
)
def test_days_that_have_passed_are_counted_by_the_calendar(
    read, monkeypatch, zone, now, then, shown
):
    now, then = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, then))
    monkeypatch.setattr(filters, "utcnow", lambda: now)

    assert read("ago", then, zone) == shown


def test_the_days_of_the_chart_are_those_of_the_zone_below_it(sign_in, ada, session):
    moment = utcnow().replace(hour=2, minute=30) - timedelta(days=3)
    event = {"actor_kind": "person", "actor_name": "ada", "target_type": "role"}
    session.add(AuditEvent(at=moment, action="role:deleted", target_name="x", **event))
    browser = sign_in(ada)
    browser.client.set_cookie(cookie("zone"), "America/New_York")
    page = browser.get("/")

    day = filters.written_day(moment - timedelta(days=1))
    assert "Times in America/New_York" in page.text
    assert "Day (America/New_York) Settings Access Refused" in page.text
    assert f"{day} 0 1 0" in page.text


def test_a_download_is_named_after_the_day_of_the_zone(sign_in, ada, monkeypatch):
    monkeypatch.setattr(downloads, "utcnow", lambda: WINTER)
    browser = sign_in(ada)
    browser.client.set_cookie(cookie("zone"), "Europe/Berlin")
    page = browser.get("/users/export").submit(to="/users/export")

    assert "users-2026-01-16.csv" in page.headers["Content-Disposition"]


def test_a_date_does_not_depend_on_the_zone(read):
    assert read("day", WINTER.date(), "Asia/Tokyo") == "15 Jan 2026"


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe",
        "Etc/GMT+1",
        "é",
        "x" * 2000,
    ],
)
def test_an_unknown_zone_in_the_cookie_means_utc(app, sign_in, vera, zone):
    browser = sign_in(vera)
    browser.client.set_cookie(cookie("zone"), zone)

    assert "Times in UTC. " in browser.get("/account").text
