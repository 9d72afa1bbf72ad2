"""One's own time zone: how it is chosen, and how moments are shown in it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.models import User
from app.web import filters

YEAR = 31_536_000
WINTER = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 23, 30, tzinfo=UTC)


@pytest.fixture
def read(app):
    """What a filter makes of a moment for somebody whose cookie names a zone."""

    def read(name, value, zone=None):
        headers = {"Cookie": f"zone={zone}"} if zone else {}
        with app.test_request_context(headers=headers):
            return app.jinja_env.filters[name](value)

    return read


def created(session, who, moment):
    session.execute(update(User).where(User.id == who.id).values(created_at=moment))
    session.commit()


def test_times_are_in_utc_unless_one_chooses(sign_in, vera):
    page = sign_in(vera).get("/account")

    assert "Times in UTC. " in page.text


def test_a_zone_is_chosen_for_a_year_and_for_this_browser(sign_in, vera):
    browser = sign_in(vera)

    answer = browser.submit("/account/zone?next=/account", zone="Asia/Kolkata")

    assert (answer.status_code, answer.location) == (303, "/account")
    cookie = browser.client.get_cookie("zone")
    assert (cookie.value, cookie.max_age, cookie.http_only) == ("Asia/Kolkata", YEAR, True)
    assert (cookie.same_site, cookie.path) == ("Lax", "/")
    page = answer.follow().text
    assert "Times are shown in Asia/Kolkata." in page
    assert "Times in Asia/Kolkata (UTC+5:30). " in page


def test_moments_are_in_that_zone_and_their_titles_in_utc(sign_in, vera, session):
    created(session, vera, SUMMER)
    browser = sign_in(vera)
    browser.client.set_cookie("zone", "Europe/Berlin")

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
def test_summer_time_is_followed(read, zone, value, shown):
    assert read("moment", value, zone) == shown
    assert read("day", value, zone) == shown.partition(",")[0]
    assert read("ago", value, zone) == shown.partition(",")[0]
    assert read("utc", value, zone) == filters.utc(value)


def test_a_date_is_nobody_s_moment(read):
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
def test_what_is_no_zone_is_utc(app, sign_in, vera, zone):
    browser = sign_in(vera)
    browser.client.set_cookie("zone", zone)

    assert "Times in UTC. " in browser.get("/account").text


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../UTC", "Europe", "\x00"])
def test_what_is_no_zone_is_not_kept(sign_in, vera, zone):
    browser = sign_in(vera)

    answer = browser.post("/account/zone", zone=zone)

    assert answer.status_code == 422
    assert browser.client.get_cookie("zone") is None


def test_the_form_shows_the_zone_that_is_chosen(sign_in, vera):
    browser = sign_in(vera)
    browser.client.set_cookie("zone", "Africa/Nairobi")

    page = browser.get("/account/zone").html

    assert '<option selected value="Africa/Nairobi">' in page
    assert '<optgroup label="Pacific">' in page
    assert page.count("<option ") > 400


def test_the_way_on_leads_only_to_pages_of_ours(sign_in, vera):
    answer = sign_in(vera).submit("/account/zone?next=//evil.example/", zone="Asia/Tokyo")

    assert answer.location == "/"
