"""The page that marks a setting as a secret, or as none."""

import pytest
from sqlalchemy import select

from app.domain import settings
from app.models import SettingRule
from tests.support.contents import recorded
from tests.support.settings import path_of
from tests.web.session.test_reauthentication import PASSWORD, grow_old

pytestmark = pytest.mark.only_on("sqlite")
CANARY = "canary-4712-in-a-mark"


def test_a_setting_is_marked_as_a_secret_and_its_value_hidden(sign_in, ada, add, session):
    setting = add("sentry_dsn", value=CANARY)
    browser = sign_in(ada)
    assert CANARY in browser.get(path_of(setting)).html
    page = browser.get(path_of(setting, "/secret"))
    assert "The present value stays stored in clear" in page.text
    grow_old(session)

    asked = page.submit(reason="It holds a token.")
    assert asked.status_code == 401
    assert setting.key not in session.scalars(select(SettingRule.key)).all()
    saved = asked.submit(own_password=PASSWORD).follow()

    assert "Marked sentry_dsn as a secret." in saved.text
    assert CANARY not in saved.html
    event = recorded(session)[0]
    assert (event.action, event.reason) == ("setting:marked-secret", "It holds a token.")
    assert CANARY not in browser.get(path_of(setting, "/history")).html


def test_the_mark_is_taken_away_unless_that_shows_the_value(sign_in, ada, add, session):
    setting = add("an_api_key", value=CANARY)
    browser, path = sign_in(ada), path_of(setting, "/secret")

    page = browser.get(path)
    assert "stored in clear and would be shown" in page.text
    assert not page.can_edit("reason")
    assert browser.post(path, mark="none").status_code == 409
    setting.value = None
    session.commit()
    saved = browser.submit(path).follow().text
    assert "Marked an_api_key as not a secret." in saved
    assert not settings.is_secret_setting(settings.get(session, setting.id))

    again = browser.post(path, mark="none").follow()
    assert "No change: it is not a secret already." in again.text


def test_a_needed_reason_is_asked_for(sign_in, ada, add, session):
    setting = add("sentry_dsn", value="x")
    session.add(SettingRule(key=setting.key, requires_reason=True))
    session.commit()

    page = sign_in(ada).get(path_of(setting, "/secret"))
    refused = page.submit()

    assert "Reason (required)" in page.text
    assert (refused.status_code, 'id="reason-error"' in refused.html) == (422, True)


def test_a_form_without_a_mark_changes_nothing(sign_in, ada, add, session):
    setting = add("an_api_key", value=None)

    answer = sign_in(ada).post(path_of(setting, "/secret"))

    assert (answer.status_code, "The form was not complete." in answer.text) == (422, True)
    assert recorded(session) == []


def test_a_secret_is_typed_again_after_the_password(sign_in, ada, add, keyed, session):
    setting = add("an_api_key", value=None)
    browser = sign_in(ada)
    page = browser.get(path_of(setting))
    grow_old(session)

    asked = page.submit("edit", secret=CANARY, reason="A new contract.")
    assert (asked.status_code, "Not kept, as it is secret: New value." in asked.text) == (401, True)
    form = asked.submit(own_password=PASSWORD)

    assert (form.status_code, form.value("reason")) == (200, "A new contract.")
    assert CANARY not in asked.html + form.html
    session.refresh(setting)
    assert setting.value is None
    assert "Set the value" in form.submit("edit", secret=CANARY).follow().text
