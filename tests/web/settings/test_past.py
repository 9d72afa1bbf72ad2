"""All settings as they were at a time, compared and restored."""

import pytest

from tests.support.contents import events
from tests.support.settings import TOP_K, changes, path_of

PATH = "/settings/past"


def test_chosen_values_are_restored_as_one_save(sign_in, ada, top, add, session):
    other = add(**TOP_K | {"key": "other"})
    browser = sign_in(ada)
    for setting in (top, other):
        browser.submit(path_of(setting), value="6")
    past = browser.get(PATH, at="2020-01-01T00:00")
    assert "2 settings differ" in past.text

    review = past.submit("restore")
    assert "Review 2 changes" in review.text
    review.submit("save", confirmed=1)

    assert (top.value, other.value) == ("5", "5")
    assert len({event.save_id for event in changes(session)[2:]}) == 1
    assert changes(session)[-1].reason == "Restores the values of 2020-01-01 00:00 UTC."
    assert "Nothing differs" in browser.get(PATH, at="2020-01-01T00:00").text


@pytest.mark.only_on("sqlite")
def test_read_only_settings_are_named_and_left_out(sign_in, ada, top, session):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")
    top.is_mutable = False
    session.commit()

    page = browser.get(PATH, at="2020-01-01T00:00")

    assert "Marked read-only in the database." in page.text
    assert "Review the restore" not in page.text


@pytest.mark.only_on("sqlite")
def test_it_says_where_the_record_begins(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")

    assert "does not reach back so far" in browser.get(PATH, at="2020-01-01T00:00").text
    assert "does not reach back so far" not in browser.get(PATH, at="2999-01-01T00:00").text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("text", ["yesterday", "0001-01-01T00:00+14:00", "2020-13-01"])
def test_what_is_no_time_is_refused(sign_in, ada, text):
    assert sign_in(ada).get(PATH, at=text).status_code == 400


@pytest.mark.only_on("sqlite")
def test_it_asks_a_constant_number_of_times(sign_in, ada, top, statements):
    browser = sign_in(ada)
    for value in "678":
        browser.submit(path_of(top), "edit", value=value)

    with statements.at_most(7):
        browser.get(PATH, at="2020-01-01T00:00", to="2021-01-01T00:00")


@pytest.mark.only_on("sqlite")
def test_who_may_not_see_the_history_is_denied_and_recorded(sign_in, person, session):
    looker = person("nora", permissions=["settings:read"])

    assert sign_in(looker).get(PATH).status_code == 403

    denied = events(session)[-1]
    assert (denied.action, denied.after["permission"]) == ("permission:denied", "settings:update")
