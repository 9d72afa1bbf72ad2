"""A role is deleted."""

import re

import pytest
from sqlalchemy import select

from app.models import Role
from tests.support.contents import events
from tests.support.roles import path_of


def test_deleting_a_role_in_use_says_who_loses_what(sign_in, session, ada, person, role):
    editor = role("editor", "document:read", "document:update")
    person("nora", roles=["editor"], full_name="Nora Barnacle")
    person("olga", roles=["editor", "user"], full_name="Olga Ladyzhenskaya")
    page = sign_in(ada).get(path_of(editor, "/delete"))

    assert "2 people have this role and will lose it." in page.text
    assert re.search(r"− document:read removed\s*− document:update", page.text)
    assert "1 person loses one or more of these: Nora Barnacle" in page.text
    deleted = page.submit("delete-form", name="editor", reason="Over.")
    assert (deleted.status_code, deleted.location) == (303, "/roles")
    assert "Deleted the role editor." in deleted.follow().text
    assert session.scalars(select(Role).where(Role.name == "editor")).first() is None
    assert [one.action for one in events(session)] == ["role:deleted"] + ["role:unassigned"] * 2


def test_what_was_deleted_stays_among_the_recent_changes(sign_in, ada, role):
    browser = sign_in(ada)
    browser.submit(path_of(role("editor"), "/delete"), "delete-form", name="editor")

    page = browser.get("/")

    assert re.search(r"ada deleted editor", page.text)
    links = [link for link in page.links if link.startswith("/roles/")]
    assert [link.rpartition("/")[0] for link in links] == ["/roles/restore"]


@pytest.mark.parametrize("typed", ["", "edito", "viewer"])
def test_deleting_asks_for_the_name(sign_in, ada, role, typed):
    editor = role("editor")

    page = sign_in(ada).submit(path_of(editor, "/delete"), "delete-form", name=typed)

    assert page.status_code == 422
    assert "Type the name, editor, to confirm." in page.text
    assert role("editor").id == editor.id


def test_a_system_role_is_not_deleted(sign_in, ada, role):
    browser = sign_in(ada)

    page = browser.get(path_of(role("viewer"), "/delete"))

    assert "System roles cannot be deleted: the console relies on them." in page.text
    assert 'id="delete-form"' not in page.html
    refused = browser.post(path_of(role("viewer"), "/delete"), name="viewer")
    assert refused.status_code == 409
    assert "viewer is a system role. It cannot be deleted." in refused.text
