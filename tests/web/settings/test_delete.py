"""A setting is deleted after its key was typed."""

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


def deletion(session):
    """The id of the event that records the deletion."""

    query = select(AuditEvent.id).where(AuditEvent.action == "setting:deleted")
    return session.scalars(query).one()


def test_the_page_of_a_setting_leads_there(sign_in, ada, person, top):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])

    assert sign_in(ada).get(f"/settings/{top.id}").link("Delete…") == path_of(top)
    assert path_of(top) not in sign_in(lucy).get(f"/settings/{top.id}").links


def test_deleting_asks_for_the_key_and_says_what_is_lost(sign_in, ada, top):
    page = sign_in(ada).get(path_of(top))

    assert "Current value" in page.text
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
        ({"is_mutable": False}, "Marked read-only in the database."),
        ({"key": "some_api_key", "value": "sk-live-4711"}, "Secret: the console cannot read it"),
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


def test_who_may_not_delete_is_told_what_is_missing(sign_in, person, top, session):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])
    browser = sign_in(lucy)

    assert "settings:delete" in browser.get(path_of(top)).text
    assert browser.post(path_of(top), key="top_k").status_code == 403
    assert stored(session) == COLUMNS


def test_another_setting_with_the_same_id_has_its_own_history(sign_in, ada, top, session):
    browser, number = sign_in(ada), top.id
    browser.submit(path_of(top), key="top_k")
    added(session, key="other", id=number)

    page = browser.get(f"/settings/{number}")

    assert "No changes yet" in page.text
    browser.post(f"/settings/restore/{deletion(session)}")
    assert stored(session) == COLUMNS


def test_the_deletions_of_others_are_for_those_who_read_the_audit(
    sign_in, ada, person, top, session
):
    sign_in(ada).submit(path_of(top), key="top_k")
    cleo = person("cleo", permissions=["settings:read", "settings:create"])
    path = f"/settings/restore/{deletion(session)}"

    assert sign_in(cleo).get(path).status_code == 404
    assert sign_in(cleo).post(path).status_code == 404
    assert stored(session) is None
