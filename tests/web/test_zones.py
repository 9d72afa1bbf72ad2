"""Times in the time zone of the reader."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.models import User
from app.web import filters
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
