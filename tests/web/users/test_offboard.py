"""Offboarding a user: one review, one save."""

import pytest

from app.models import OneTimeLink
from tests.support.assigning import set_roles
from tests.support.contents import events


@pytest.fixture
def leaver(person):
    """Somebody who leaves, and can do what nobody else can."""
    return person("lea", roles=["viewer"], permissions=["settings:read", "document:read"])


def test_one_save_takes_sessions_and_roles(sign_in, session, ada, vera, leaver):
    hers, browser = sign_in(leaver), sign_in(ada)
    browser.submit(f"/users/{leaver.id}/reset", reason="")
    assert browser.get(f"/users/{leaver.id}").link("Offboard…") == f"/users/{leaver.id}/offboard"

    page = browser.get(f"/users/{leaver.id}/offboard")
    assert "1 session ends." in page.text
    assert "2 roles are removed: only lea and viewer." in page.text
    assert "What only they can do 1 settings:read" in page.text
    assert page.submit("offboard-form", reason="Left.").location == f"/users/{leaver.id}"

    session.expire_all()
    assert (leaver.is_active, leaver.roles) == (False, [])
    assert session.query(OneTimeLink).count() == 0
    assert hers.get("/account").status_code == 303
    last = events(session)[-4:]
    assert [event.action for event in last] == [
        "user:deactivated",
        "sessions:ended",
        "role:unassigned",
        "role:unassigned",
    ]
    assert {event.reason for event in last} == {"Left."}
    again = browser.get(f"/users/{leaver.id}/offboard")
    assert "lea is inactive, and has no role and no session." in again.text


def test_the_last_administrator_stays(sign_in, session, ada):
    browser = sign_in(ada)

    page = browser.post(f"/users/{ada.id}/offboard")

    assert page.status_code == 409
    assert "ada is the last administrator. Make somebody else one first." in page.text
    session.expire_all()
    assert ada.is_active
    assert ada.has_role("admin")


def test_a_role_assigned_meanwhile_is_reviewed_first(sign_in, session, ada, leaver):
    page = sign_in(ada).get(f"/users/{leaver.id}/offboard")
    set_roles(session, leaver, "user", by=ada)

    again = page.submit("offboard-form", reason="Left.")

    assert again.status_code == 409
    assert "Nothing was saved." in again.text
    assert again.value("reason") == "Left."
    session.expire_all()
    assert leaver.is_active


def test_removing_roles_needs_the_permission_for_it(sign_in, person, omar):
    hedda = person("hedda", permissions=["user:read", "user:update"])

    page = sign_in(hedda).get(f"/users/{omar.id}/offboard")

    assert "You need the permission role:assign" in page.text
    assert page.browser.post(page.path).status_code == 403
