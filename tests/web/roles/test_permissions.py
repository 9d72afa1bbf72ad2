"""The permissions of one role are changed."""

import re

from sqlalchemy import select

from app.models import Permission
from tests.support.roles import path_of


def box(session, code):
    return str(session.scalars(select(Permission.id).where(Permission.code == code)).one())


def tick(session, browser, role, *codes):
    boxes = [box(session, code) for code in codes]
    return browser.submit(path_of(role, "/permissions"), "permissions-form", permissions=boxes)


def test_permissions_are_ticked_reviewed_and_saved(sign_in, session, ada, person, role):
    editor = role("editor", "document:read")
    person("nora", roles=["editor"], full_name="Nora Barnacle")

    review = tick(session, sign_in(ada), editor, "document:update")

    assert "Review the permissions of editor" in review.text
    assert re.search(r"document:update 1 person gains it: Nora", review.text)
    assert re.search(r"document:read 1 person loses it: Nora", review.text)
    saved = review.submit("review-form", confirmed="1", reason="New team.")
    assert (saved.status_code, saved.location) == (303, path_of(editor))
    page = saved.follow()
    assert "Saved the permissions of editor." in page.text
    assert re.search(r"ada granted permissions to editor", page.text)
    assert "New team." in page.text
    assert [one.code for one in role("editor").permissions] == ["document:update"]


def test_the_way_back_keeps_the_boxes(sign_in, session, ada, role):
    editor = role("editor", "document:read")
    review = tick(session, sign_in(ada), editor, "document:update")

    page = review.submit("review-form", again="1", reason="New team.")

    assert page.value("permissions") == [box(session, "document:update")]
    assert "to be granted" in page.text
    assert "to be revoked" in page.text
    assert page.submit("permissions-form").submit("review-form", confirmed="1").status_code == 303


def test_the_second_of_two_is_told(sign_in, session, ada, role):
    editor = role("editor", "document:read")
    review = tick(session, sign_in(ada), editor, "document:read", "document:update")
    editor.permissions = []
    session.commit()

    conflict = review.submit("review-form", confirmed="1")

    assert conflict.status_code == 409
    assert re.search(r"editor document:read granted not granted granted", conflict.text)
    again = conflict.submit("conflict-form")
    assert "2 granted, 0 revoked" in again.text
    assert again.submit("review-form", confirmed="1").status_code == 303


def test_a_refusal_keeps_the_boxes(sign_in, session, person, role):
    mona = person("mona", permissions=["role:read", "role:update"])

    page = tick(session, sign_in(mona), role("editor"), "settings:read")

    assert page.status_code == 403
    assert "You do not have settings:read, so you cannot grant it." in page.text
    assert page.value("permissions") == [box(session, "settings:read")]


def test_who_may_only_look_is_shown_what_is_missing(sign_in, iris, role):
    browser = sign_in(iris)

    for beyond, code in (
        ("/permissions", "role:update"),
        ("/edit", "role:update"),
        ("/delete", "role:delete"),
    ):
        page = browser.get(path_of(role("editor"), beyond))
        assert page.status_code == 200
        assert f"You need the permission {code}" in page.text
