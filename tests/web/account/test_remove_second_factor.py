"""The page to remove one's own second factor."""

import pytest

from tests.support.contents import recorded
from tests.support.people import PASSWORD
from tests.support.second_factors import set_up

pytestmark = pytest.mark.only_on("sqlite")
PAGE = "/account/remove-second-factor"


def test_removing_it_ends_the_other_sessions(app, sign_in, visitor, session, vera):
    set_up(session, vera, app.config["SECRET_KEY"])
    browser, other = sign_in(vera), sign_in(vera)

    done = browser.submit(PAGE, to=PAGE)

    assert (done.status_code, done.location) == (303, "/account/second-factor")
    assert "Your second factor was removed" in done.follow().text
    assert other.get("/account").status_code == 303
    assert recorded(session)[0].action == "second-factor:removed"
    assert visitor.submit("/login", username="vera", password=PASSWORD).location == "/"


def test_there_is_nothing_to_remove_without_one(sign_in, vera):
    browser = sign_in(vera)

    assert "You have no second factor" in browser.get(PAGE).text
    assert browser.post(PAGE).status_code == 409
