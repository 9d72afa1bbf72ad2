"""A deleted role is restored with its permissions and members."""

import pytest

from app.domain import roles
from app.models import Permission
from tests.support.assigning import names_of, set_roles
from tests.support.contents import events, recorded
from tests.support.roles import path_of


@pytest.fixture
def deleted(sign_in, ada, omar, vera, editor, session):
    """The role editor after its deletion, which two users had, and the link that restores it."""
    for user in (omar, vera):
        set_roles(session, user, "editor", by=ada)
    session.expire_all()
    browser = sign_in(ada)
    browser.get(path_of(editor, "/delete")).submit("delete-form", name="editor")
    session.expire_all()
    return browser.get("/audit?action=role:deleted").link("Undo… deleted editor")


def test_a_deleted_role_comes_back_in_two_clicks(sign_in, ada, omar, vera, deleted, role, session):
    browser = sign_in(ada)

    page = browser.get(deleted)
    assert "Restore the role editor?" in page.text
    assert "document:update" in page.text
    done = page.submit("restore-form", reason="Still needed.", confirmed="1")

    assert "Restored the role editor." in done.follow().text
    session.expire_all()
    assert {one.code for one in role("editor").permissions} == {"document:read", "document:update"}
    assert (names_of(omar), names_of(vera)) == ({"editor"}, {"editor"})
    back = events(session)[-3:]
    assert [event.action for event in back] == ["role:created", "role:assigned", "role:assigned"]
    assert {event.reason for event in back} == {"Still needed."}
    assert len({event.after["undoes"] for event in back}) == 1


def test_what_no_longer_exists_is_named_and_stays_away(
    sign_in, ada, omar, vera, deleted, role, session
):
    session.delete(vera)
    for one in session.query(Permission).filter_by(code="document:update"):
        session.delete(one)
    session.commit()

    page = sign_in(ada).get(deleted)
    assert "vera No longer exists" in page.text
    assert "document:update No longer exists" in page.text
    page.submit("restore-form", confirmed="1")

    session.expire_all()
    assert {one.code for one in role("editor").permissions} == {"document:read"}
    assert names_of(omar) == {"editor"}


def test_nobody_grants_by_restoring_what_they_do_not_have(
    sign_in, person, omar, vera, deleted, role, session
):
    held = ["role:read", "role:create", "audit:read", "document:read"]
    mona = person("mona", permissions=held)

    page = sign_in(mona).get(deleted)
    assert "document:update You do not have it" in page.text
    assert "2 members You need the permission role:assign" in page.text
    page.submit("restore-form", confirmed="1")

    session.expire_all()
    assert {one.code for one in role("editor").permissions} == {"document:read"}
    assert (names_of(omar), names_of(vera)) == (set(), set())


def test_a_member_with_more_permissions_than_the_actor_is_left_out(
    sign_in, ada, person, omar, deleted, session
):
    held = ["role:read", "role:create", "role:assign", "audit:read", "document:read"]
    mona = person("mona", permissions=[*held, "document:update"])
    set_roles(session, omar, "admin", by=ada)
    session.expire_all()

    page = sign_in(mona).get(deleted)
    assert "omar Has permissions that you do not have" in page.text
    page.submit("restore-form", confirmed="1")

    session.expire_all()
    assert names_of(omar) == {"admin"}


def test_a_role_whose_name_is_taken_is_not_restored(sign_in, ada, deleted, role, session):
    role("editor")
    browser = sign_in(ada)

    page = browser.get(deleted)
    answer = browser.post(deleted, confirmed="1", reviewed="x")

    assert "There is a role named editor already." in page.text
    assert answer.status_code == 422
    assert role("editor").permissions == []


@pytest.mark.only_on("sqlite")
def test_what_changes_after_the_review_is_shown_first(sign_in, ada, omar, deleted, role, session):
    page = sign_in(ada).get(deleted)
    session.delete(omar)
    session.commit()

    answer = page.submit("restore-form", confirmed="1")

    assert answer.status_code == 409
    assert "omar No longer exists" in answer.text
    assert "editor" not in roles.all_names(session)


@pytest.mark.only_on("sqlite")
def test_an_assignment_from_before_the_deletion_is_undone_after_the_restore(
    sign_in, ada, omar, deleted, session
):
    browser = sign_in(ada)
    assigned = [one for one in recorded(session) if one.action == "role:assigned"]
    of_omar = next(one for one in assigned if one.target_name == "omar")
    browser.get(deleted).submit("restore-form", confirmed="1")

    page = browser.get(f"/users/undo/{of_omar.id}")
    page.submit("undo-form", confirmed="1")

    session.expire_all()
    assert names_of(omar) == set()


@pytest.mark.only_on("sqlite")
def test_an_event_of_a_member_leads_to_the_restore(sign_in, ada, deleted, session):
    of_member = next(one for one in recorded(session) if one.action == "role:unassigned")

    page = sign_in(ada).get(f"/audit/{of_member.id}")

    assert page.link("Undo the whole save…") == deleted
