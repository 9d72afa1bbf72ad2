"""The page to choose a time zone."""

import pytest

from tests.support.cookies import cookie

YEAR = 31_536_000


def test_a_zone_is_chosen_for_a_year_and_for_this_browser(sign_in, vera):
    browser = sign_in(vera)

    answer = browser.submit("/account/zone?next=/account", zone="Asia/Kolkata")

    assert (answer.status_code, answer.location) == (303, "/account")
    kept = browser.client.get_cookie(cookie("zone"))
    assert (kept.value, kept.max_age, kept.http_only) == ("Asia/Kolkata", YEAR, True)
    assert (kept.same_site, kept.path) == ("Lax", "/")
    page = answer.follow().text
    assert "Times are shown in Asia/Kolkata." in page
    assert "Times in Asia/Kolkata (UTC+5:30). " in page


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../UTC", "Europe", "\x00"])
def test_an_unknown_zone_is_refused(sign_in, vera, zone):
    browser = sign_in(vera)

    answer = browser.post("/account/zone", zone=zone)

    assert answer.status_code == 422
    assert browser.client.get_cookie(cookie("zone")) is None


def test_the_form_shows_the_chosen_zone(sign_in, vera):
    browser = sign_in(vera)
    browser.client.set_cookie(cookie("zone"), "Africa/Nairobi")

    page = browser.get("/account/zone").html

    assert '<option selected value="Africa/Nairobi">' in page
    assert '<optgroup label="Pacific">' in page
    assert page.count("<option ") > 400


def test_the_next_page_is_one_of_the_console(sign_in, vera):
    answer = sign_in(vera).submit("/account/zone?next=//evil.example/", zone="Asia/Tokyo")

    assert answer.location == "/"
