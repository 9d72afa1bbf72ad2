"""All settings as they were at a time, compared and restored."""

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from tests.support.contents import events
from tests.support.settings import TOP_K, changes, path_of, stored

PATH = "/settings/past"
LONG_AGO = "2020-01-01T00:00"


@pytest.fixture
def both(sign_in, ada, top, add):
    """The browser of ada, who has changed one setting, and changed and deleted another."""
    browser = sign_in(ada)
    other = add(**TOP_K | {"key": "other"})
    browser.submit(path_of(other), value="6")
    browser.submit(path_of(top), value="7")
    browser.submit(path_of(top, "/delete"), key="top_k")
    return browser


def deletion(session):
    """The id of the event that records the deletion."""
    return session.scalars(select(AuditEvent.id).filter_by(action="setting:deleted")).one()


def test_chosen_values_are_restored_as_one_save(sign_in, ada, top, add, session):
    other = add(**TOP_K | {"key": "other"})
    browser = sign_in(ada)
    for setting in (top, other):
        browser.submit(path_of(setting), value="6")
    past = browser.get(PATH, at=LONG_AGO)
    assert "2 settings differ" in past.text

    review = past.submit("restore")
    assert "Review 2 changes" in review.text
    review.submit("save", confirmed=1)

    assert (top.value, other.value) == ("5", "5")
    assert len({event.save_id for event in changes(session)[2:]}) == 1
    assert changes(session)[-1].reason == "Restores the values of 2020-01-01 00:00:00 UTC."
    assert "Nothing differs" in browser.get(PATH, at=LONG_AGO).text


@pytest.mark.only_on("sqlite")
def test_read_only_settings_are_named_and_left_out(sign_in, ada, top, session):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")
    top.is_mutable = False
    session.commit()

    page = browser.get(PATH, at=LONG_AGO)

    assert "Marked read-only in the database." in page.text
    assert "Review the restore" not in page.text


@pytest.mark.only_on("sqlite")
def test_it_says_where_the_record_begins(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")

    assert "does not reach back so far" in browser.get(PATH, at=LONG_AGO).text
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
        browser.get(PATH, at=LONG_AGO, to="2021-01-01T00:00")


@pytest.mark.only_on("sqlite")
def test_who_may_not_see_the_history_is_denied_and_recorded(sign_in, person, session):
    looker = person("nora", permissions=["settings:read"])

    assert sign_in(looker).get(PATH).status_code == 403

    denied = events(session)[-1]
    assert (denied.action, denied.after["permission"]) == ("permission:denied", "settings:update")


def test_a_deleted_setting_is_restored_with_the_others_and_undone(both, session):
    past = both.get(PATH, at=LONG_AGO)
    assert "deleted since" in past.text
    assert "Type integer, category tests. How many." in past.text

    review = past.submit("restore")
    assert "Review 2 changes" in review.text
    saved = review.submit("save", confirmed=1).follow()

    assert "Saved 2 settings: other and top_k." in saved.text
    assert stored(session) == TOP_K
    assert stored(session, "other")["value"] == "5"
    made = events(session)[-2:]
    assert [one.action for one in made] == ["setting:changed", "setting:restored"]

    [undo] = [form.action for form in saved.forms if "/undo/" in form.action]
    assert "Undid the changes of 2 settings" in saved.submit(to=undo).follow().text
    assert stored(session) is None
    assert stored(session, "other")["value"] == "6"


@pytest.mark.only_on("sqlite")
def test_a_deleted_setting_is_left_out_or_restored_alone(both, session):
    review = both.get(PATH, at=LONG_AGO).submit("restore")
    deleted = deletion(session)

    rest = review.submit("save", without_deleted=deleted)
    assert "Review 1 change" in rest.text
    rest.submit("save", confirmed=1)
    assert (stored(session), stored(session, "other")["value"]) == (None, "5")

    both.get(PATH, at=LONG_AGO).submit("restore").submit("save", confirmed=1)
    assert stored(session) == TOP_K
    assert events(session)[-1].reason == "Restores the values of 2020-01-01 00:00:00 UTC."


@pytest.mark.only_on("sqlite")
def test_a_key_that_exists_again_is_a_conflict_with_a_name(both, sign_in, person, session):
    review = both.get(PATH, at=LONG_AGO).submit("restore")
    boris = sign_in(person("boris", roles=["admin"]))
    boris.submit("/settings/new", key="top_k", value="9", reason="For the pilot.")

    answer = review.submit("save", confirmed=1)

    assert answer.status_code == 409
    assert "boris created top_k just now" in answer.text
    assert "For the pilot." in answer.text
    assert "A setting named top_k exists again" in answer.text
    assert stored(session, "other")["value"] == "6"
    answer.submit("save", confirmed=1)
    assert (stored(session)["value"], stored(session, "other")["value"]) == ("9", "5")


@pytest.mark.only_on("sqlite")
def test_what_did_not_exist_is_named_and_stays(sign_in, ada, session):
    browser = sign_in(ada)
    browser.submit("/settings/new", key="new_one", value="text")

    page = browser.get(PATH, at=LONG_AGO)

    assert "Did not exist." in page.text
    assert "Review the restore" not in page.text


@pytest.mark.only_on("sqlite")
def test_restoring_a_deleted_setting_takes_its_own_permission(both, sign_in, person, session):
    oscar = sign_in(person("oscar", permissions=["settings:read", "settings:update"]))

    page = oscar.get(PATH, at=LONG_AGO)
    assert "Restoring it needs the permission settings:create." in page.text
    page.submit("restore").submit("save", confirmed=1)
    assert (stored(session), stored(session, "other")["value"]) == (None, "5")

    fields = {"deleted": deletion(session), "as_of": f"{LONG_AGO}:00+00:00", "confirmed": "1"}
    answer = oscar.post("/settings/review", **fields)
    assert (answer.status_code, stored(session)) == (403, None)
    assert "You need the permission settings:create for this." in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("as_of", ["yesterday", "", "0001-01-01T00:00+14:00"])
def test_a_time_that_is_none_restores_nothing(both, session, as_of):
    deleted = deletion(session)

    answer = both.post("/settings/review", deleted=deleted, as_of=as_of, confirmed="1")

    assert answer.status_code == 303
    assert stored(session) is None
