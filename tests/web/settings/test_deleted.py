"""Deleted settings are listed, and restored from there."""

from tests.support.contents import events
from tests.support.settings import TOP_K, path_of, stored


def test_a_deleted_setting_is_listed_until_it_is_restored(sign_in, ada, top, session, statements):
    browser = sign_in(ada)
    browser.submit(path_of(top, "/delete"), key="top_k", reason="Unused.")
    with statements.at_most(3):
        page = browser.get("/settings/deleted")
    assert "Unused." in page.text

    browser.submit(page.link("Restore… top_k"), reason="Used after all.")

    assert stored(session) == TOP_K
    assert events(session)[-1].action == "setting:restored"
    assert "No deleted settings" in browser.get("/settings/deleted").text


def test_a_key_that_was_deleted_twice_is_listed_once(sign_in, ada, top, session):
    browser = sign_in(ada)
    for _ in range(2):
        page = browser.submit(path_of(top, "/delete"), key="top_k").follow()
        [action] = [form.action for form in page.forms if "/restore/" in form.action]
        page.submit(to=action)
    browser.submit(path_of(top, "/delete"), key="top_k")

    links = [link for link in browser.get("/settings/deleted").links if "/restore/" in link]

    assert len(links) == 1


def test_who_may_only_look_sees_no_deleted_setting(sign_in, ada, looker, top):
    sign_in(ada).submit(path_of(top, "/delete"), key="top_k")

    page = sign_in(looker).get("/settings/deleted")

    assert "top_k" not in page.text
    assert "settings:update or audit:read" in page.text
