"""A setting is deleted after its key was typed."""

import pytest
from sqlalchemy import select

from app.domain import settings
from app.models import AuditEvent
from tests.support.contents import events
from tests.support.settings import TOP_K, path_of, stored


def deletion(session):
    """The id of the event that records the deletion."""

    query = select(AuditEvent.id).where(AuditEvent.action == "setting:deleted")
    return session.scalars(query).one()


def test_the_page_of_a_setting_leads_there(sign_in, ada, person, top):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])

    assert sign_in(ada).get(path_of(top)).link("Delete…") == path_of(top, "/delete")
    assert path_of(top, "/delete") not in sign_in(lucy).get(path_of(top)).links


def test_deleting_asks_for_the_key_and_says_what_is_lost(sign_in, ada, top):
    page = sign_in(ada).get(path_of(top, "/delete"))

    assert "Current value" in page.text
    assert "How many." in page.text
    assert "Type top_k to confirm." in page.text
    assert page.value("key") == ""


def test_a_setting_is_deleted_and_everything_is_recorded(sign_in, ada, top, session):
    page = sign_in(ada).submit(path_of(top, "/delete"), key="top_k", reason="Not used any more.")

    assert page.location == "/settings"
    assert stored(session) is None
    [made] = events(session)
    assert (made.action, made.actor, made.target) == ("setting:deleted", "ada", "top_k")
    assert (made.before, made.reason) == (TOP_K, "Not used any more.")


@pytest.mark.parametrize("typed", ["", "top", "TOP_K", "chunk_size"])
def test_another_key_deletes_nothing(sign_in, ada, top, session, typed):
    page = sign_in(ada).submit(path_of(top, "/delete"), key=typed, reason="Kept.")

    assert page.status_code == 422
    assert "Type the key, top_k, to confirm." in page.text
    assert page.value("reason") == "Kept."
    assert stored(session) == TOP_K
    assert events(session) == []


def test_a_reason_that_is_too_long_deletes_nothing(sign_in, ada, top, session):
    page = sign_in(ada).submit(path_of(top, "/delete"), key="top_k", reason="x" * 501)

    assert page.status_code == 422
    assert stored(session) == TOP_K


def test_what_was_changed_meanwhile_is_looked_at_again(sign_in, ada, top, session):
    page = sign_in(ada).get(path_of(top, "/delete"))
    top.value = "6"

    answer = page.submit(key="top_k")

    assert answer.status_code == 409
    assert "top_k was changed by somebody else" in answer.text
    assert stored(session)["value"] == "6"
    assert answer.submit(key="top_k").status_code == 303


@pytest.mark.only_on("sqlite")
def test_who_changed_it_meanwhile_is_named(sign_in, ada, person, top):
    page = sign_in(ada).get(path_of(top, "/delete"))
    noura = sign_in(person("noura", roles=["admin"]))
    noura.submit(path_of(top), value="6", reason="Better answers.")

    answer = page.submit(key="top_k")

    sentence = "noura changed top_k just now, while you had this page open."
    assert f"{sentence} Reason: “Better answers.”." in answer.text
    assert answer.submit(key="top_k").status_code == 303


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"is_mutable": False}, "Marked read-only in the database."),
        ({"key": "some_api_key", "value": "sk-live-4711"}, "Secret: remove its value first"),
    ],
    ids=["immutable", "secret"],
)
def test_immutable_and_secret_ones_stay(sign_in, ada, session, columns, sentence, add):
    setting = add(**TOP_K | columns)
    browser = sign_in(ada)

    page = browser.get(path_of(setting, "/delete"))
    answer = browser.post(
        path_of(setting, "/delete"), key=setting.key, etag=settings.etag_of(setting)
    )

    assert sentence in page.text
    assert not any(one.name == "key" for form in page.forms for one in form.controls)
    assert answer.status_code == 409
    assert "sk-live-4711" not in page.html + answer.html
    assert stored(session, setting.key) == TOP_K | columns
    assert [event.action for event in events(session)] == ["change:refused"]


def test_who_may_not_delete_is_told_what_is_missing(sign_in, person, top, session):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])
    browser = sign_in(lucy)

    assert "settings:delete" in browser.get(path_of(top, "/delete")).text
    assert browser.post(path_of(top, "/delete"), key="top_k").status_code == 403
    assert stored(session) == TOP_K


def test_another_setting_with_the_same_id_has_its_own_history(sign_in, ada, top, session, add):
    browser, number = sign_in(ada), top.id
    browser.submit(path_of(top, "/delete"), key="top_k")
    add("other", id=number)

    page = browser.get(f"/settings/{number}")

    assert "No changes yet" in page.text
    browser.post(f"/settings/restore/{deletion(session)}")
    assert stored(session) == TOP_K


def test_the_deletions_of_others_are_for_those_who_read_the_audit(
    sign_in, ada, person, top, session
):
    sign_in(ada).submit(path_of(top, "/delete"), key="top_k")
    cleo = person("cleo", permissions=["settings:read", "settings:create"])
    path = f"/settings/restore/{deletion(session)}"

    assert sign_in(cleo).get(path).status_code == 404
    assert sign_in(cleo).post(path).status_code == 404
    assert stored(session) is None
