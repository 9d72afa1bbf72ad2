"""What one person did never shows up for the next one in the same browser."""

from functools import partial

import pytest
from sqlalchemy import delete, update

from app.models import ApplicationSetting, ConsoleSession, User
from app.models.base import utcnow
from tests.conftest import SESSION_COOKIE
from tests.support.people import PASSWORD

pytestmark = pytest.mark.only_on("sqlite")

SAVED = "It was 5, now it is 8"
PATHS = ("/login", "/", "/account", "/settings", "/users")


def sign_out(browser, session):
    browser.post("/logout")


def revoke(browser, session):
    session.execute(delete(ConsoleSession))


def run_out(browser, session):
    session.execute(update(ConsoleSession).values(last_seen_at=utcnow().replace(year=2020)))


def deactivate(browser, session):
    session.execute(update(User).where(User.username == "ada").values(is_active=False))


def leave_open(browser, session):
    """Do nothing: the next person signs in over the session."""


ENDINGS = [sign_out, revoke, run_out, deactivate, leave_open]


@pytest.fixture
def top(session):
    setting = ApplicationSetting(key="top_k", value="5", data_type="integer", category="tests")
    session.add(setting)
    session.commit()
    return setting


@pytest.fixture
def browser(sign_in, ada, top):
    """Ada's browser, which has saved a setting and not shown the page that says so."""
    browser = sign_in(ada)
    page = browser.get(f"/settings/{top.id}")
    token = page.value("csrf_token")[0]
    assert page.submit("edit", value="8").status_code == 303
    # Any page would show the message.
    browser.csrf_token = partial(str, token)
    return browser


def enter(browser, name):
    return browser.submit("/login", username=name, password=PASSWORD)


def said(browser, path):
    page = browser.get(path)
    page = page.follow() if page.status_code == 303 else page
    undo = [form.action for form in page.forms if form.has(["reason", "base"])]
    return SAVED in page.html or "Saved top_k" in page.html or undo


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["ada", "cleo"])
def test_no_message_outlives_its_session(browser, session, person, ending, name):
    person("cleo", roles=["admin"])
    if (ending, name) == (deactivate, "ada"):
        name = "cleo"

    ending(browser, session)
    assert ending is leave_open or not said(browser, "/login")
    assert browser.post("/login", username=name, password=PASSWORD).status_code == 303

    assert [path for path in PATHS if said(browser, path)] == []


def test_the_message_is_there_for_the_session_that_made_it(browser):
    page = browser.get("/")

    assert SAVED in page.text
    assert SAVED not in browser.get("/").text


def test_undo_is_not_offered_to_the_next_person(browser, session, person, top):
    person("cleo", roles=["admin"])
    revoke(browser, session)
    assert enter(browser, "cleo").status_code == 303

    page = browser.get(f"/settings/{top.id}")

    assert not [form for form in page.forms if form.has(["reason", "base"]) and form.id != "edit"]


def test_the_form_of_one_person_is_not_sent_for_another(sign_in, ada, person, top):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{top.id}")
    other = sign_in(person("cleo", roles=["admin"]))
    browser.client.set_cookie(SESSION_COOKIE, other.client.get_cookie(SESSION_COOKIE).value)

    refused = page.submit("edit", value="8")
    again = page.submit("edit", value="8")

    assert (refused.status_code, again.status_code, top.value) == (400, 400, "5")
    assert browser.submit(f"/settings/{top.id}", "edit", value="9").status_code == 303


def test_forms_of_the_same_person_outlive_a_session(sign_in, ada, top):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{top.id}")
    browser.client.set_cookie(SESSION_COOKIE, sign_in(ada).client.get_cookie(SESSION_COOKIE).value)

    assert page.submit("edit", value="8").status_code == 303


@pytest.mark.parametrize(("name", "target"), [("ada", "/users?q=anna"), ("cleo", "/")])
def test_nobody_is_led_to_the_page_that_another_person_was_on(
    sign_in, ada, person, session, name, target
):
    person("cleo", roles=["admin"])
    browser = sign_in(ada)
    browser.get("/")
    revoke(browser, session)

    page = browser.get("/users?q=anna").follow()

    assert "Your session has ended." in page.text
    assert page.submit(username=name, password=PASSWORD).location == target


def test_a_link_that_the_next_person_opened_is_followed(sign_in, ada, person, session):
    person("cleo", roles=["admin"])
    browser = sign_in(ada)
    browser.get("/")
    revoke(browser, session)
    browser.get("/users?q=anna")

    page = browser.get("/settings?q=top").follow()

    assert page.submit(username="cleo", password=PASSWORD).location == "/settings?q=top"


def test_what_the_browser_keeps_of_pages_goes_with_their_person(sign_in, ada, person):
    browser = sign_in(ada)
    browser.get("/")
    other = sign_in(person("cleo", roles=["admin"]))
    browser.client.set_cookie(SESSION_COOKIE, other.client.get_cookie(SESSION_COOKIE).value)

    assert browser.get("/").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in browser.get("/").headers


def test_changing_one_s_password_keeps_its_message(sign_in, vera):
    browser = sign_in(vera)
    browser.get("/")

    changed = browser.submit("/account/password", current=PASSWORD, password="another good one")

    assert "Your password was changed" in changed.follow().text
