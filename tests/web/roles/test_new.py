"""A role is created."""

import pytest

from tests.support.roles import path_of


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("", set()),
        ("settings-operator", {"settings:read", "settings:update"}),
        ("auditor", {"settings:read", "user:read", "role:read", "audit:read"}),
    ],
)
def test_a_new_role_lands_on_its_page(sign_in, ada, role, template, codes):
    saved = sign_in(ada).submit(
        "/roles/new", "role-form", name="Team A", description="Ours.", template=template
    )

    made = role("team a")
    assert (saved.status_code, saved.location) == (303, path_of(made))
    assert "Created the role team a." in saved.follow().text
    assert {one.code for one in made.permissions} == codes
    assert made.description == "Ours."
    assert not made.is_system


def test_a_role_is_cloned_from_its_page(sign_in, ada, role):
    browser = sign_in(ada)
    path = browser.get(path_of(role("user"))).link("Clone")

    page = browser.get(path)
    saved = page.submit("role-form", name="writers")

    assert page.value("template") == f"role:{role('user').id}"
    assert saved.status_code == 303
    assert role("writers").permissions == role("user").permissions


@pytest.mark.parametrize("name", ["", "viewer", "a,b", "x" * 200, "a\0b"])
def test_a_name_that_cannot_be_stands_beside_its_field(sign_in, session, ada, name):
    page = sign_in(ada).submit("/roles/new", "role-form", name=name, description="Ours.")

    assert page.status_code == 422
    assert "The role was not created" in page.text
    assert 'href="#name"' in page.html
    assert page.value("description") == "Ours."


@pytest.mark.parametrize(
    ("template", "message"),
    [
        *((text, "This template does not exist.") for text in ("nothing", "role:", "role:x", "\0")),
        ("role:2147483647", "The role to clone does not exist."),
    ],
)
def test_a_template_that_is_none_is_refused(sign_in, ada, template, message):
    page = sign_in(ada).post("/roles/new", name="team", template=template)

    assert page.status_code == 422
    assert message in page.text


def test_who_may_only_create_goes_home(sign_in, person):
    mona = person("mona", permissions=["role:create"])

    saved = sign_in(mona).submit("/roles/new", "role-form", name="team")

    assert (saved.status_code, saved.location) == (303, "/")


def test_a_template_beyond_ones_own_is_refused_beside_its_field(sign_in, person):
    mona = person("mona", permissions=["role:create", "role:read"])

    page = sign_in(mona).submit("/roles/new", "role-form", name="team", template="auditor")

    assert page.status_code == 403
    assert "You do not have audit:read, settings:read, user:read" in page.text
    assert page.value("template") == "auditor"
