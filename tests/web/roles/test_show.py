"""The page of a role: its members and permissions."""

import re

import pytest
from sqlalchemy import select

from app.models import Permission, Role, User
from tests.support.roles import crowd, path_of


def test_a_role_shows_what_it_grants_and_who_holds_it(sign_in, ada, person, role):
    editor = role("editor", "document:read", "document:update")
    person("nora", roles=["editor"], full_name="Nora Barnacle", is_active=False)

    page = sign_in(ada).get(path_of(editor))

    assert re.search(r"Members 1 person .*Nora Barnacle nora · nora@\S+ Inactive", page.text)
    assert re.search(r"Permissions 2 document:read .* document:update", page.text)
    assert page.link("document:read") == "/permissions/document:read"
    assert page.link("Change permissions") == path_of(editor, "/permissions")


def test_the_members_are_paged(sign_in, session, ada, role, statements):
    editor = role("editor")
    crowd(session, editor, 120)
    browser = sign_in(ada)

    with statements.at_most(8):
        first = browser.get(path_of(editor))
    second = browser.get(first.link("Next"))
    third = browser.get(second.link("Next"))

    shown = [re.findall(r"one-\d{3}(?= one-|</a>)", page.html) for page in (first, second, third)]
    assert [len(names) for names in shown] == [50, 50, 20]
    assert sorted({name for names in shown for name in names}) == [
        f"one-{n:03}" for n in range(120)
    ]
    assert browser.get(third.link("Previous")).text.count("@example.org") == 50
    assert "120 people" in first.text


def test_a_page_of_members_that_has_gone_says_so(sign_in, session, ada, role):
    editor = role("editor")
    crowd(session, editor, 51)
    browser = sign_in(ada)
    path = browser.get(path_of(editor)).link("Next")
    last = session.scalars(select(User).where(User.username == "one-050")).one()
    session.delete(last)
    session.commit()

    page = browser.get(path)

    assert "This page is empty" in page.text
    assert page.link("First page") == path_of(editor)


def test_an_address_that_was_cut_is_no_page(sign_in, ada, role):
    browser = sign_in(ada)

    for cursor in ("x", "WyJhIiwxXQ", "W10"):
        assert browser.get(path_of(role("viewer")), after=cursor).status_code == 400


def test_who_may_not_see_users_sees_how_many_there_are(sign_in, session, iris, person, role):
    person("nora", roles=["viewer"], full_name="Nora Barnacle")

    page = sign_in(iris).get(path_of(role("viewer")))

    assert "Members 1 person" in page.text
    assert "Nora" not in page.text
    assert "user:read" in page.text
    assert not {"Change permissions", "Delete…", "Clone"} & set(
        re.findall(r">([^<>]+)</a>", page.html)
    )


def test_a_role_that_nobody_holds_says_so(sign_in, ada, role):
    assert "Nobody has this role" in sign_in(ada).get(path_of(role("editor"))).text


def test_admin_says_that_it_grants_everything(sign_in, ada, role):
    page = sign_in(ada).get(path_of(role("admin")))

    assert "Grants every permission, including ones added later." in page.text
    assert "Change permissions" not in page.text
    assert "Delete…" not in page.text


@pytest.mark.parametrize("beyond", ["", "/permissions", "/edit", "/delete"])
def test_a_role_that_does_not_exist_is_not_found(sign_in, ada, beyond):
    assert sign_in(ada).get(f"/roles/2147483647{beyond}").status_code == 404
    assert sign_in(ada).get(f"/roles/2147483648{beyond}").status_code == 404


@pytest.mark.parametrize(
    ("beyond", "most"), [("", 8), ("/permissions", 4), ("/edit", 2), ("/delete", 11)]
)
def test_the_pages_take_as_many_statements_with_many_roles(
    sign_in, session, ada, role, statements, beyond, most
):
    editor = role("editor", "document:read")
    crowd(session, editor, 40)
    every = list(session.scalars(select(Permission)))
    session.add_all(Role(name=f"role{number}", permissions=every) for number in range(30))
    browser = sign_in(ada)

    with statements.at_most(most):
        assert browser.get(path_of(editor, beyond)).status_code == 200
