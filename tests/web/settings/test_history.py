"""The recorded values of a setting, each of which can be restored."""

import pytest

from app.domain import audit, settings
from app.domain.settings import SettingEdit
from app.domain.target import Target
from tests.support.contents import events, recorded
from tests.support.people import OPERATOR, acting
from tests.support.settings import path_of, stored


@pytest.fixture
def changed(session, ada, top):
    """The setting top_k after two changes: 5, 6, 7."""
    for value, reason in (("6", "More."), ("7", "Even more.")):
        edit = SettingEdit(value, settings.etag_of(settings.get(session, top.id)), reason)
        settings.change(session, top.id, edit, actor=acting(ada))
        session.commit()
    return top


def test_the_values_of_a_setting_are_listed_with_who_and_why(sign_in, ada, changed, statements):
    browser = sign_in(ada)

    with statements.at_most(5):
        page = browser.get(path_of(changed, "/history"))

    assert page.text.index("from 6 to 7") < page.text.index("from 5 to 6")
    assert "ada changed it" in page.text
    assert "Even more." in page.text


def test_an_earlier_value_is_restored_in_two_clicks(sign_in, ada, changed, session):
    browser = sign_in(ada)
    [url] = [link for link in browser.get(path_of(changed, "/history")).links if "restore=" in link]

    page = browser.get(url)

    assert "Filled in: the value that ada saved" in page.text
    assert page.value("value") == "6"
    page.submit("edit")
    assert stored(session)["value"] == "6"
    assert events(session)[-1].before == {"value": "7"}
    assert events(session)[-1].reason.startswith("Restores the change of ")


def test_a_change_is_undone_from_its_line(sign_in, ada, changed, session):
    browser = sign_in(ada)
    url = next(link for link in browser.get("/").links if "undo=" in link)

    page = browser.get(url)

    assert "the value from before the change by ada" in page.text
    page.submit("edit", reason="Too many.")
    assert stored(session)["value"] == "6"


def test_a_change_that_is_not_the_last_one_says_so_when_it_is_undone(sign_in, ada, changed):
    browser = sign_in(ada)
    url = [link for link in browser.get(path_of(changed)).links if "undo=" in link][1]

    page = browser.get(url)

    assert page.value("value") == "5"
    assert "The value has changed since then." in page.text


def test_a_value_that_holds_a_password_is_not_restored(sign_in, ada, add, session):
    dsn = add("dsn", value="none")
    before = {"value": "postgresql://u:pw@h/db"}
    event = audit.record(
        session, "setting:changed", Target.of_setting(dsn), actor=OPERATOR, before=before, after={}
    )
    session.commit()
    browser = sign_in(ada)

    page = browser.get(path_of(dsn))

    assert not any("undo=" in link for link in page.links)
    assert browser.get(path_of(dsn) + f"?undo={event.id}").status_code == 404
    assert "u:pw" not in browser.get(path_of(dsn, "/history")).html


def test_a_value_that_was_changed_by_another_program_is_told(sign_in, ada, changed, session):
    changed.value = "99"
    session.commit()

    page = sign_in(ada).get(path_of(changed, "/history"))

    assert "Changed outside the console" in page.text
    assert "from 7 to 99" in page.text


def test_a_value_from_outside_is_told_on_its_page_until_it_is_recorded(
    sign_in, ada, changed, session
):
    changed.value = "99"
    session.commit()
    browser = sign_in(ada)

    page = browser.get(path_of(changed))
    assert "Changed outside the console" in page.text
    page.submit("edit", value="8")

    page = browser.get(path_of(changed))
    assert "Changed outside the console" not in page.text
    assert "somebody outside the console changed top_k from 7 to 99" in page.text
    log = browser.get("/audit?actor=somebody+outside+the+console").text
    assert "somebody outside the console changed" in log


def test_who_may_not_see_the_history_is_not_told_of_a_value_from_outside(
    sign_in, looker, changed, session
):
    changed.value = "99"
    session.commit()

    assert "Changed outside" not in sign_in(looker).get(path_of(changed)).text


def test_who_may_only_look_is_told_what_shows_the_history(sign_in, looker, changed):
    page = sign_in(looker).get(path_of(changed, "/history"))

    assert "You need the permission settings:update or audit:read" in page.text
    assert "Even more." not in page.text


def test_the_undo_of_another_setting_is_no_undo(sign_in, ada, changed, add, session):
    other = add("other", value="x")
    event = recorded(session)[-1]

    assert sign_in(ada).get(path_of(other) + f"?undo={event.id}").status_code == 404


def test_a_setting_that_was_not_there_was_not_without_a_value(sign_in, ada, top, session):
    browser, path = sign_in(ada), path_of(top)
    browser.submit(f"{path}/delete", key="top_k")
    restore = f"/settings/restore/{recorded(session)[0].id}"
    browser.get(restore).submit(to=restore)

    page = browser.get(f"{path}/history")

    assert "ada deleted it It was 5" in page.text
    assert "ada restored it With 5" in page.text
    assert "not set" not in page.text.lower().partition("values of top_k")[2]
