"""The page to switch single-key shortcuts on or off."""

import pytest

from tests.support.cookies import cookie


def test_single_key_shortcuts_work_until_they_are_switched_off(sign_in, vera):
    browser = sign_in(vera)
    assert " data-keys>" in browser.get("/settings").html

    answer = browser.post("/account/keys", keys="off", next="/account")

    assert (answer.status_code, answer.location) == (303, "/account")
    kept = browser.client.get_cookie(cookie("keys"))
    assert (kept.value, kept.http_only, kept.same_site) == ("off", True, "Lax")
    page = answer.follow()
    assert "Single-key shortcuts are off." in page.text
    assert "data-keys" not in page.html
    browser.post("/account/keys", keys="on")
    assert " data-keys>" in browser.get("/account").html


@pytest.mark.parametrize("keys", ["", "none", "off\0", "x" * 5000])
def test_a_value_other_than_on_or_off_is_refused(sign_in, vera, keys):
    browser = sign_in(vera)

    assert browser.post("/account/keys", keys=keys).status_code == 422
    assert browser.client.get_cookie(cookie("keys")) is None
