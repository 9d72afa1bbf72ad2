"""A role is renamed."""

import re

import pytest

from tests.support.contents import recorded
from tests.support.roles import path_of


def test_a_role_is_renamed(sign_in, ada, role):
    editor = role("editor")

    saved = sign_in(ada).submit(
        path_of(editor, "/edit"), "role-form", name="Writers", description="Write."
    )

    assert (saved.status_code, saved.location) == (303, path_of(editor))
    assert re.search(r"renamed writers from\s?editor to\s?writers", saved.follow().text)
    assert role("writers").description == "Write."


def test_a_system_role_keeps_its_name(sign_in, ada, role):
    browser = sign_in(ada)
    page = browser.get(path_of(role("viewer"), "/edit"))

    saved = page.submit("role-form", description="Reads.")

    assert not page.can_edit("name") or 'type="hidden" name="name"' in page.html
    assert saved.status_code == 303
    assert role("viewer").description == "Reads."
    refused = browser.post(
        path_of(role("viewer"), "/edit"),
        name="readers",
        description="Reads.",
        etag=browser.get(path_of(role("viewer"), "/edit")).value("etag"),
    )
    assert refused.status_code == 409
    assert "viewer is a system role. It keeps its name." in refused.text


def test_of_two_who_edit_a_role_the_second_sees_both(sign_in, session, ada, role):
    editor = role("editor")
    page = sign_in(ada).get(path_of(editor, "/edit"))
    editor.description = "Theirs."
    session.commit()

    conflict = page.submit("role-form", description="Mine.")

    assert conflict.status_code == 409
    assert "was changed by somebody else" in conflict.text
    assert re.search(r"Description Empty Theirs\. Mine\.", conflict.text)
    assert conflict.value("description") == "Mine."
    assert conflict.submit("role-form").status_code == 303
    assert role("editor").description == "Mine."


@pytest.mark.only_on("sqlite")
def test_names_are_for_those_who_may_see_the_history(sign_in, ada, person, role):
    path = path_of(role("editor"), "/edit")
    mona = sign_in(person("mona", roles=["editor"], permissions=["role:read", "role:update"]))
    page, again = mona.get(path), sign_in(ada).get(path)
    sign_in(ada).submit(path, "role-form", description="Writes.", reason="Said so.")

    conflict = page.submit("role-form", description="Reads.")

    assert "The role editor was changed by somebody else" in conflict.text
    assert "Said so." not in conflict.text
    named = again.submit("role-form", description="Mine.")
    assert "You changed the role editor just now, in another window." in named.text


def test_a_rename_is_undone_in_two_clicks(sign_in, ada, editor, session):
    browser = sign_in(ada)
    browser.submit(path_of(editor, "/edit"), name="writer", description="Writes.")

    page = browser.get(browser.get("/audit").link("Undo… renamed writer"))
    assert page.value("name") == "editor"
    assert "It is not saved yet." in page.text
    page.submit()

    assert editor.name == "editor"
    assert recorded(session)[0].action == "role:renamed"


@pytest.mark.only_on("sqlite")
def test_the_rename_of_another_role_fills_nothing_in(sign_in, ada, editor, role, session):
    browser = sign_in(ada)
    browser.submit(path_of(editor, "/edit"), name="writer")
    event_id = recorded(session)[0].id

    assert browser.get(path_of(role("reader"), f"/edit?undo={event_id}")).status_code == 404
