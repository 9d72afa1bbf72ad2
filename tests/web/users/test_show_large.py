"""The page of a user in a house of 300 roles and 400 permissions, and that of the own account."""

import re

import pytest
from sqlalchemy import insert, select

from app.models import Role, user_roles
from tests.support.roles import furnish

BYTES = 150_000


@pytest.fixture
def nora(session, person):
    """Has two of 300 roles, which grant 115 of 400 permissions."""
    furnish(session)
    return person("nora", roles=["team 000", "team 001"], full_name="Nora Barnacle")


def give_all(session, user):
    held = select(user_roles.c.role_id).where(user_roles.c.user_id == user.id)
    rows = [
        {"user_id": user.id, "role_id": role_id}
        for role_id in session.scalars(select(Role.id).where(Role.id.not_in(held)))
    ]
    session.execute(insert(user_roles), rows)
    session.commit()


@pytest.mark.only_on("sqlite")
def test_what_is_granted_is_shown_and_the_rest_is_asked_for(sign_in, ada, nora, session):
    viewer = sign_in(ada).get(f"/users/{nora.id}")

    assert "115 of 400 granted" in viewer.text
    assert "The first 100 that are granted." in viewer.text
    assert viewer.html.count('href="/permissions/') == 100
    assert len(viewer.html) < BYTES
    every = viewer.browser.get(f"/users/{nora.id}{viewer.link('Show all 400')}".partition("#")[0])
    assert every.html.count('href="/permissions/') == 400


@pytest.mark.only_on("sqlite")
def test_permissions_that_are_not_granted_are_counted(sign_in, ada, vera, nora):
    page = sign_in(ada).get(f"/users/{vera.id}")

    assert page.html.count('href="/permissions/') == 1
    assert "399 permissions are not granted. Show all 400" in page.text
    assert len(page.html) < BYTES
    assert (
        "No. None of their roles grants user:read."
        in page.browser.get(f"/users/{vera.id}?can=user:read").text
    )


@pytest.mark.only_on("sqlite")
def test_roles_are_listed_and_changed_on_their_own_page(sign_in, ada, nora):
    page = sign_in(ada).get(f"/users/{nora.id}")

    assert "Roles 2 of 300" in page.text
    assert page.value("q") == ""
    form = page.browser.get(page.link("Change roles"))
    chosen = [*form.value("roles"), "1"]
    review = form.submit("roles-form", roles=chosen)
    assert "admin" in review.text


def test_somebody_with_every_role_has_a_light_page(sign_in, ada, nora, session, statements):
    give_all(session, nora)
    browser = sign_in(ada)

    with statements.at_most(7):
        page = browser.get(f"/users/{nora.id}")

    assert len(page.html) < BYTES
    assert re.search(r"team 0\d\d and 3\d more", page.text)
    assert "The first 50. Show all 300" in page.text
    assert len(browser.get(f"/users/{nora.id}?all=1").html) < 2_000_000


@pytest.mark.only_on("sqlite")
def test_the_own_account_is_as_light(sign_in, nora, session):
    give_all(session, nora)
    browser = sign_in(nora)

    page = browser.get("/account")

    assert len(page.html) < 2 * BYTES
    assert "The first 100. Show all 400" in page.text
    assert "The first 50. Show all 300" in page.text
    every = browser.get("/account?all=1")
    assert len(every.html) < 2_000_000
    assert "The first" not in every.text
