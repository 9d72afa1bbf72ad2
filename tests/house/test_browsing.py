"""The tests' own browser fills in forms as a real one does, and refuses what a person cannot do."""

import pytest
from flask import Flask, request

from tests.support.browsing import Browser

PAGE = """
<title>Unseen</title><h1>Ada&#39;s   roles</h1>
<form method="post" action="/theme"><button name="theme" value="dark">Dark</button></form>
<form method="post">
  <input type="hidden" name="csrf_token" value="t0ken"><input name="name" value="a&amp;b">
  <textarea name="value">
first
second</textarea>
  <input type="checkbox" name="roles" value="1" checked>
  <input type="checkbox" name="roles" value="2">
  <input type="checkbox" name="unset"><input name="fixed" value="as it is" readonly>
  <fieldset disabled><input name="locked" value="x"></fieldset>
  <select name="kind"><option>text<option value="n">number</option></select>
  <button name="review" value="1">Review</button><button name="confirmed" value="1">Save</button>
</form>
<input name="reason" form="other"><form id="other" method="post" action="/other"></form>
"""


@pytest.fixture
def browser():
    app = Flask(__name__)
    sent = {"methods": ["GET", "POST"]}
    app.add_url_rule("/", "here", lambda: _sent() if request.method == "POST" else PAGE, **sent)
    app.add_url_rule("/other", "other", _sent, **sent)
    return Browser(app.test_client())


def _sent():
    return "; ".join(f"{name}={text!r}" for name, text in request.form.items(multi=True))


def test_text_is_what_can_be_read(browser):
    assert browser.get("/").text == "Ada's roles Dark text number Review Save"


def test_a_form_is_sent_as_it_was_served(browser):
    sent = browser.submit("/", name="new").html

    assert sent == (
        "csrf_token='t0ken'; name='new'; value='first\\r\\nsecond'; roles='1'; fixed='as it is'; "
        "kind='text'; review='1'"
    )


def test_boxes_options_and_buttons_are_chosen(browser):
    sent = browser.submit("/", roles=[2], unset=True, kind="n", confirmed=1).html

    assert "roles='2'; unset='on'" in sent
    assert "kind='n'; confirmed='1'" in sent


def test_unticking_every_box_sends_none_of_them(browser):
    assert "roles" not in browser.submit("/", roles=[]).html


def test_a_control_may_stand_outside_its_form(browser):
    assert browser.submit("/", reason="because").html == "reason='because'"


@pytest.mark.parametrize(
    "fields",
    [{"roles": [3]}, {"kind": "other"}, {"fixed": "new"}, {"locked": "new"}, {"confirmed": 2}],
    ids=str,
)
def test_nobody_can_send_what_the_page_does_not_offer(browser, fields):
    with pytest.raises(AssertionError):
        browser.submit("/", **fields)


def test_nobody_can_fill_in_a_field_that_is_not_there(browser):
    with pytest.raises(AssertionError, match="0 forms"):
        browser.submit("/", password="secret")
