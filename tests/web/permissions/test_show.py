"""Who can do what: a permission with the roles that grant it and the people who hold it."""

import re

import pytest
from sqlalchemy import insert, select

from app.models import Permission, Role, User, user_roles


def test_it_names_roles_and_active_users(sign_in, ada, person):
    person("nora", roles=["user", "viewer"], full_name="Nora Barnacle")
    person("olga", roles=["user"], full_name="Olga Ladyzhenskaya", is_active=False)
    person("omar")

    page = sign_in(ada).get("/permissions/document:read")

    assert "Active users who have it 2 people" in page.text
    assert re.search(r"Ada Byron ada · \S+ admin .*Nora Barnacle nora · \S+ user viewer", page.text)
    assert "Olga" not in page.text
    assert "omar" not in page.text
    assert re.search(r"Roles that grant it 3 admin .* user .* viewer", page.text)


def test_administrators_hold_also_what_was_added_later(sign_in, session, ada):
    session.add(Permission(code="report:print", resource="report", action="print"))

    page = sign_in(ada).get("/permissions/report:print")

    assert "1 person" in page.text
    assert "Ada Byron" in page.text
    assert "Roles that grant it 1 admin" in page.text


def test_the_people_are_paged(sign_in, session, ada, statements):
    rows = [
        {"username": f"one-{n:03}", "email": f"one-{n}@example.org", "password_hash": "x"}
        for n in range(120)
    ]
    session.execute(insert(User), rows)
    roles = session.scalars(select(Role.id).where(Role.name.in_(["user", "viewer"]))).all()
    ids = session.scalars(select(User.id).where(User.username.startswith("one-"))).all()
    held = [{"user_id": user, "role_id": role} for user in ids for role in roles]
    session.execute(insert(user_roles), held)
    browser = sign_in(ada)

    with statements.at_most(6):
        first = browser.get("/permissions/document:read")
    second = browser.get(first.link("Next"))
    third = browser.get(second.link("Next"))

    pages = (first, second, third)
    found = [re.findall(r">(one-\d{3})</a>", page.html) for page in pages]
    assert [len(names) for names in found] == [49, 50, 21]
    assert sorted(name for names in found for name in names) == [f"one-{n:03}" for n in range(120)]
    assert "121 people" in first.text


def test_who_may_not_see_users_sees_the_roles(sign_in, person, vera):
    page = sign_in(person("iris", permissions=["role:read"])).get("/permissions/document:read")

    assert page.status_code == 200
    assert "1 person" in page.text
    assert "Vera" not in page.text
    assert "user:read" in page.text
    assert "Roles that grant it 3" in page.text


@pytest.mark.parametrize(
    "code", ["document:fly", "x", "%00", "%ED%A0%80", "a/b", "document:read%20"]
)
def test_a_permission_that_does_not_exist_is_not_found(sign_in, ada, code):
    assert sign_in(ada).get(f"/permissions/{code}").status_code == 404


@pytest.mark.parametrize("code", ["a/b:c", "ü:<b>", "a b:c?d=e#f"])
def test_strange_codes_have_pages_too(sign_in, session, ada, code):
    session.add(Permission(code=code, resource="strange", action="x"))
    browser = sign_in(ada)

    page = browser.get(browser.get("/roles").link(code))

    assert page.status_code == 200
    assert "Roles that grant it 1 admin" in page.text


def test_it_needs_the_permission_to_see_roles(sign_in, vera):
    assert sign_in(vera).get("/permissions/document:read").status_code == 403


def test_the_navigation_says_where_one_is(sign_in, ada):
    page = sign_in(ada).get("/permissions/document:read")

    assert re.search(r'href="/roles"\s+aria-current="page"', page.html)
