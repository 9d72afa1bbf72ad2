"""The page to replace one's own recovery codes."""

import pytest

from app.domain.authentication import second_factor
from app.domain.authentication.second_factor import EnteredCode
from app.models.base import utcnow
from tests.support.contents import recorded
from tests.support.second_factors import set_up

pytestmark = pytest.mark.only_on("sqlite")
PAGE = "/account/recovery-codes"


def test_new_codes_replace_the_earlier_ones(app, sign_in, session, vera):
    secret = app.config["SECRET_KEY"]
    _, earlier = set_up(session, vera, secret)
    browser = sign_in(vera)

    shown = browser.submit(PAGE, to=PAGE)

    assert (shown.status_code, shown.html.count("<code>")) == (201, 10)
    assert "Print the codes" in shown.html
    assert "print.js" in shown.html
    assert second_factor.codes_left(session, vera.id) == 10
    old = EnteredCode(earlier[0], (secret,), utcnow())
    assert second_factor.use(session, vera.id, old) is None
    assert recorded(session)[0].action == "recovery-codes:renewed"
    assert not any(code in browser.get(PAGE).html for code in earlier)


def test_there_are_none_without_a_second_factor(sign_in, vera):
    browser = sign_in(vera)

    assert "You have no second factor" in browser.get(PAGE).text
    assert browser.post(PAGE).status_code == 409
