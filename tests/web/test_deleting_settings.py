"""A setting is deleted, and comes back."""

import pytest
from sqlalchemy import select

from app.domain import settings
from app.models import ApplicationSetting, AuditEvent
from tests.support.contents import events

COLUMNS = {
    "key": "top_k",
    "value": "5",
    "data_type": "integer",
    "category": "tests",
    "description": "How many.",
    "is_mutable": True,
}


@pytest.fixture
def top(session):
    """The setting that goes."""
    return added(session)


def added(session, **columns):
    setting = ApplicationSetting(**COLUMNS | columns)
    session.add(setting)
    session.commit()
    return setting


def path_of(setting):
    return f"/settings/{setting.id}/delete"


def stored(session, key="top_k"):
    """The columns of the setting as they are in the database; None if it is not there."""
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key == key)).first()
    return found and {name: getattr(found, name) for name in COLUMNS}


def undo_of(page):
    [action] = [form.action for form in page.forms if "/restore/" in form.action]
    return action


def test_the_page_of_a_setting_leads_there(sign_in, ada, person, top):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])

    assert sign_in(ada).get(f"/settings/{top.id}").link("Delete…") == path_of(top)
    assert path_of(top) not in sign_in(lucy).get(f"/settings/{top.id}").links


def test_deleting_asks_for_the_key_and_says_what_is_lost(sign_in, ada, top):
    page = sign_in(ada).get(path_of(top))

    assert "What it holds now" in page.text
    assert "How many." in page.text
    assert "Type top_k to confirm." in page.text
    assert page.value("key") == ""


def test_a_setting_is_deleted_and_everything_is_recorded(sign_in, ada, top, session):
    page = sign_in(ada).submit(path_of(top), key="top_k", reason="Not used any more.")

    assert page.location == "/settings"
    assert stored(session) is None
    [made] = events(session)
    assert (made.action, made.actor, made.target) == ("setting:deleted", "ada", "top_k")
    assert (made.before, made.reason) == (COLUMNS, "Not used any more.")


@pytest.mark.parametrize("typed", ["", "top", "TOP_K", "chunk_size"])
def test_another_key_deletes_nothing(sign_in, ada, top, session, typed):
    page = sign_in(ada).submit(path_of(top), key=typed, reason="Kept.")

    assert page.status_code == 422
    assert "Type the key, top_k, to confirm." in page.text
    assert page.value("reason") == "Kept."
    assert stored(session) == COLUMNS
    assert events(session) == []


def test_a_reason_that_is_too_long_deletes_nothing(sign_in, ada, top, session):
    page = sign_in(ada).submit(path_of(top), key="top_k", reason="x" * 501)

    assert page.status_code == 422
    assert stored(session) == COLUMNS


def test_what_was_changed_meanwhile_is_looked_at_again(sign_in, ada, top, session):
    page = sign_in(ada).get(path_of(top))
    top.value = "6"

    answer = page.submit(key="top_k")

    assert answer.status_code == 409
    assert "top_k was changed by somebody else" in answer.text
    assert stored(session)["value"] == "6"
    assert answer.submit(key="top_k").status_code == 303


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"is_mutable": False}, "It is marked as not mutable."),
        ({"key": "some_api_key", "value": "sk-live-4711"}, "It holds a secret"),
    ],
    ids=["immutable", "secret"],
)
def test_immutable_and_secret_ones_stay(sign_in, ada, session, columns, sentence):
    setting = added(session, **columns)
    browser = sign_in(ada)

    page = browser.get(path_of(setting))
    answer = browser.post(path_of(setting), key=setting.key, etag=settings.etag_of(setting))

    assert sentence in page.text
    assert not any(one.name == "key" for form in page.forms for one in form.controls)
    assert answer.status_code == 409
    assert "sk-live-4711" not in page.html + answer.html
    assert stored(session, setting.key) == COLUMNS | columns
    assert [event.action for event in events(session)] == ["change:refused"]


def test_a_setting_of_an_unknown_type_can_be_deleted_and_restored(sign_in, ada, session):
    odd = added(session, data_type="duration", value="PT5M")
    page = sign_in(ada).submit(path_of(odd), key="top_k").follow()

    page.submit(to=undo_of(page))

    assert stored(session) == COLUMNS | {"data_type": "duration", "value": "PT5M"}


def test_who_may_not_delete_is_told_what_is_missing(sign_in, person, top, session):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])
    browser = sign_in(lucy)

    assert "settings:delete" in browser.get(path_of(top)).text
    assert browser.post(path_of(top), key="top_k").status_code == 403
    assert stored(session) == COLUMNS


@pytest.mark.parametrize("value", ["5", "", None])
def test_a_deletion_can_be_undone_at_once(sign_in, ada, session, value):
    top = added(session, value=value, data_type="string")
    number = top.id
    page = sign_in(ada).submit(path_of(top), key="top_k").follow()
    assert "Deleted top_k." in page.text

    undone = page.submit(to=undo_of(page))

    assert undone.location == f"/settings/{number}"
    assert stored(session) == COLUMNS | {"value": value, "data_type": "string"}
    made = events(session)[-1]
    assert (made.action, made.reason) == ("setting:restored", "Undone.")
    assert made.after == stored(session)
    assert "Restored top_k." in undone.follow().text


def test_a_deletion_can_be_undone_from_the_recent_changes(sign_in, ada, top, session):
    browser = sign_in(ada)
    browser.submit(path_of(top), key="top_k", reason="By mistake.")

    path = browser.get("/").link("Restore… top_k")
    page = browser.get(path)

    assert "By mistake." in page.text
    assert "How many." in page.text
    page.submit(to=path, reason="It was needed.")
    assert stored(session) == COLUMNS
    assert events(session)[-1].reason == "It was needed."


def test_the_history_goes_on_after_restoring(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(f"/settings/{top.id}", value="6")
    page = browser.submit(path_of(top), key="top_k").follow()

    page = page.submit(to=undo_of(page)).follow()

    assert page.text.index("restored") < page.text.index("deleted") < page.text.index("changed")


def test_another_setting_with_the_same_id_has_its_own_history(sign_in, ada, top, session):
    browser, number = sign_in(ada), top.id
    browser.submit(path_of(top), key="top_k")
    added(session, key="other", id=number)

    page = browser.get(f"/settings/{number}")

    assert "No change is recorded" in page.text
    browser.post(f"/settings/restore/{deletion(session)}")
    assert stored(session) == COLUMNS


def test_nothing_is_restored_over_a_setting_that_is_there(sign_in, ada, top, session):
    browser = sign_in(ada)
    page = browser.submit(path_of(top), key="top_k").follow()
    added(session, value="another")

    answer = page.submit(to=undo_of(page))

    assert answer.status_code == 409
    assert "There is a setting named top_k again" in answer.text
    assert stored(session)["value"] == "another"
    assert events(session)[-1].action == "setting:deleted"
    assert browser.get(undo_of(page)).link("Show that setting") == "/settings?q=top_k"


def test_who_may_delete_and_not_create_is_offered_no_undo(sign_in, person, top):
    dora = person("dora", permissions=["settings:read", "settings:delete"])

    page = sign_in(dora).submit(path_of(top), key="top_k").follow()

    assert "Deleted top_k." in page.text
    assert "Undo" not in page.text


def test_the_deletions_of_others_are_for_those_who_read_the_audit(
    sign_in, ada, person, top, session
):
    sign_in(ada).submit(path_of(top), key="top_k")
    cleo = person("cleo", permissions=["settings:read", "settings:create"])
    path = f"/settings/restore/{deletion(session)}"

    assert sign_in(cleo).get(path).status_code == 404
    assert sign_in(cleo).post(path).status_code == 404
    assert stored(session) is None


@pytest.mark.parametrize("number", ["1", "999999"])
def test_what_was_not_deleted_cannot_be_restored(sign_in, ada, top, session, number):
    browser = sign_in(ada)
    browser.submit(f"/settings/{top.id}", value="6")

    assert browser.get(f"/settings/restore/{number}").status_code == 404
    assert browser.post(f"/settings/restore/{number}").status_code == 404


def test_deleting_and_restoring_make_few_statements(sign_in, ada, top, statements):
    page = sign_in(ada).get(path_of(top))

    with statements.at_most(6):
        answer = page.submit(key="top_k")
    with statements.at_most(4):
        page = answer.follow()
    with statements.at_most(9):
        page.submit(to=undo_of(page))


def deletion(session):
    """The id of the event that records the deletion."""

    query = select(AuditEvent.id).where(AuditEvent.action == "setting:deleted")
    return session.scalars(query).one()
