"""Undoing granted and revoked permissions, from a line of the history."""

import pytest

from app.domain import roles
from app.domain.roles import GrantEdit, GrantsEdit
from app.unit_of_work import carry_out
from tests.support.contents import events, recorded
from tests.support.people import acting
from tests.support.roles import permissions


def grant(session, by, wanted):
    edits = {
        role.id: GrantEdit(
            frozenset(row.id for row in permissions(session, *codes)),
            roles.grants_etag([row.id for row in role.permissions]),
        )
        for role, codes in wanted.items()
    }
    actor = acting(by)
    carry_out(lambda: roles.change_grants(session, GrantsEdit(edits), actor=actor), actor=actor)
    session.expire_all()


@pytest.fixture
def path(session, ada, editor, role):
    """The page that undoes a save of two roles, of which one gained and lost."""
    reader = role("reader", "document:read")
    grant(session, ada, {editor: ["document:read", "user:read"], reader: []})
    return f"/roles/undo/{recorded(session)[0].id}"


def codes(session, role):
    session.expire_all()
    return {permission.code for permission in role.permissions}


def test_a_save_of_the_matrix_is_taken_back_whole(sign_in, ada, editor, role, path, session):
    browser = sign_in(ada)
    page = browser.get(
        browser.get(f"/roles/{editor.id}").link("Undo… revoked permissions of editor")
    )

    assert "1 granted, 1 revoked" in page.text
    assert "Nobody gains access" in page.text
    done = page.submit("undo-form", reason="Too early.", confirmed="1")

    assert done.location == "/roles"
    assert codes(session, editor) == {"document:read", "document:update"}
    assert codes(session, role("reader")) == {"document:read"}
    back = events(session)[3:]
    assert {event.reason for event in back} == {"Too early."}
    assert len({event.after["undoes"] for event in back}) == 1


def test_what_has_changed_since_is_named_and_left_alone(sign_in, ada, editor, role, path, session):
    grant(session, ada, {editor: ["document:read"]})
    session.delete(role("reader"))
    session.commit()

    page = sign_in(ada).get(path)
    assert "user:read of editor Has been revoked since" in page.text
    assert "reader No longer exists" in page.text
    page.submit("undo-form", confirmed="1")

    assert codes(session, editor) == {"document:read", "document:update"}


@pytest.mark.only_on("sqlite")
def test_what_changes_after_the_review_is_shown_first(sign_in, ada, editor, path, session):
    page = sign_in(ada).get(path)
    grant(session, ada, {editor: ["document:read"]})

    answer = page.submit("undo-form", confirmed="1")

    assert answer.status_code == 409
    assert "The effects of this change differ" in answer.text
    assert codes(session, editor) == {"document:read"}


@pytest.mark.only_on("sqlite")
def test_an_undone_change_is_not_undone_again(sign_in, ada, path):
    browser = sign_in(ada)
    page = browser.get(path)
    page.submit("undo-form", confirmed="1")

    assert "Nothing to undo" in browser.get(path).text
    assert page.submit("undo-form", confirmed="1").status_code == 409


@pytest.mark.only_on("sqlite")
def test_nobody_grants_by_undo_what_they_do_not_have(sign_in, editor, path, person, session):
    held = ["role:read", "role:update", "audit:read", "document:read", "user:read"]
    mona = person("mona", permissions=held)

    page = sign_in(mona).get(path)
    answer = sign_in(mona).post(path, confirmed="1")

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "You do not have document:update, so you cannot grant it." in page.text
    assert codes(session, editor) == {"document:read", "user:read"}
