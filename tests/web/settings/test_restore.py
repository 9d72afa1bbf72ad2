"""A deleted setting is restored."""

import pytest

from tests.support.contents import events
from tests.support.past_settings import take_start
from tests.support.settings import TOP_K, path_of, stored


def undo_of(page):
    [action] = [form.action for form in page.forms if "/restore/" in form.action]
    return action


def test_a_setting_of_an_unknown_type_can_be_deleted_and_restored(sign_in, ada, session, add):
    odd = add(**TOP_K | {"data_type": "duration", "value": "PT5M"})
    page = sign_in(ada).submit(path_of(odd, "/delete"), key="top_k").follow()

    page.submit(to=undo_of(page))

    assert stored(session) == TOP_K | {"data_type": "duration", "value": "PT5M"}


@pytest.mark.parametrize("value", ["5", "", None])
def test_a_deletion_can_be_undone_at_once(sign_in, ada, session, value, add):
    top = add(**TOP_K | {"value": value, "data_type": "string"})
    number = top.id
    page = sign_in(ada).submit(path_of(top, "/delete"), key="top_k").follow()
    assert "Deleted top_k." in page.text

    undone = page.submit(to=undo_of(page))

    assert undone.location == f"/settings/{number}"
    assert stored(session) == TOP_K | {"value": value, "data_type": "string"}
    made = events(session)[-1]
    assert (made.action, made.reason) == ("setting:restored", "Undone.")
    assert made.after == stored(session)
    assert "Restored top_k." in undone.follow().text


def test_a_deletion_can_be_undone_from_the_recent_changes(sign_in, ada, top, session):
    browser = sign_in(ada)
    browser.submit(path_of(top, "/delete"), key="top_k", reason="By mistake.")

    path = browser.get("/").link("Restore… top_k")
    page = browser.get(path)

    assert "By mistake." in page.text
    assert "How many." in page.text
    page.submit(to=path, reason="It was needed.")
    assert stored(session) == TOP_K
    assert events(session)[-1].reason == "It was needed."


def test_the_history_goes_on_after_restoring(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")
    page = browser.submit(path_of(top, "/delete"), key="top_k").follow()

    page = page.submit(to=undo_of(page)).follow()

    assert page.text.index("restored") < page.text.index("deleted") < page.text.index("changed")


def test_nothing_is_restored_over_a_setting_that_is_there(sign_in, ada, top, session, add):
    browser = sign_in(ada)
    page = browser.submit(path_of(top, "/delete"), key="top_k").follow()
    add(**TOP_K | {"value": "another"})

    answer = page.submit(to=undo_of(page))

    assert answer.status_code == 409
    assert "A setting named top_k exists again" in answer.text
    assert stored(session)["value"] == "another"
    assert events(session)[-1].action == "setting:deleted"
    assert browser.get(undo_of(page)).link("Show that setting") == "/settings?q=top_k"


def test_who_may_delete_and_not_create_is_offered_no_undo(sign_in, person, top):
    dora = person("dora", permissions=["settings:read", "settings:delete"])

    page = sign_in(dora).submit(path_of(top, "/delete"), key="top_k").follow()

    assert "Deleted top_k." in page.text
    assert "Undo" not in page.text


def test_own_deletions_are_told_by_the_person_not_by_their_name(sign_in, person, top, session):
    codes = ["settings:read", "settings:create", "settings:delete"]
    rita = person("rita", permissions=codes)
    path = undo_of(sign_in(rita).submit(path_of(top, "/delete"), key="top_k").follow())
    rita.username = "rita.moreno"
    session.commit()
    namesake = person("rita", roles=["only rita"], email="another@example.org")

    assert sign_in(namesake).get(path).status_code == 404
    assert sign_in(rita).get(path).status_code == 200


@pytest.mark.parametrize("number", ["1", "999999"])
def test_what_was_not_deleted_cannot_be_restored(sign_in, ada, top, session, number):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")

    assert browser.get(f"/settings/restore/{number}").status_code == 404
    assert browser.post(f"/settings/restore/{number}").status_code == 404


def test_deleting_and_restoring_make_few_statements(sign_in, ada, top, session, statements):
    take_start(session)
    page = sign_in(ada).get(path_of(top, "/delete"))

    with statements.at_most(10):
        answer = page.submit(key="top_k")
    with statements.at_most(4):
        page = answer.follow()
    with statements.at_most(14):
        page.submit(to=undo_of(page))


def test_the_value_of_a_deleted_setting_is_given_to_the_one_that_exists_again(
    sign_in, ada, top, session, add
):
    browser = sign_in(ada)
    browser.submit(path_of(top, "/delete"), key="top_k")
    path = browser.get("/").link("Restore… top_k")
    again = add(**TOP_K | {"value": "9"})

    page = browser.get(browser.get(path).link("Restore 5"))

    assert page.value("value") == "5"
    page.submit(value="5")
    assert again.value == "5"


def test_the_value_of_a_deleted_setting_is_not_offered_for_a_read_only_one(sign_in, ada, top, add):
    browser = sign_in(ada)
    browser.submit(path_of(top, "/delete"), key="top_k")
    path = browser.get("/").link("Restore… top_k")
    add(**TOP_K | {"value": "9", "is_mutable": False})

    assert "Restore 5" not in browser.get(path).text
