"""Whoever makes several mistakes in a form is told of all of them, each beside its field."""

import pytest

from app.domain import settings
from app.domain.sign_in import issue_setup_link
from app.models import Role
from tests.support.people import OPERATOR

LONG = "x" * 501
SENTENCES = {
    "/users/new": {
        "username": ("a b", "The user name contains"),
        "email": ("nobody", "The email address is not valid"),
        "full_name": ("x" * 256, "The full name"),
    },
    "/users/{user}/edit": {
        "username": ("", "Enter a user name"),
        "email": ("nobody", "The email address is not valid"),
        "reason": (LONG, "The reason"),
    },
    "/users/{user}/delete": {
        "username": ("somebody", "Type the user name, vera, to confirm."),
        "reason": (LONG, "The reason"),
    },
    "/settings/new": {
        "key": ("Of Mine", "A key starts with a lowercase letter"),
        "value": ("many", "“many” is not a whole number"),
        "category": ("x" * 101, "The category"),
        "reason": (LONG, "The reason"),
    },
    "/settings/{setting}": {
        "value": ("many", "“many” is not a whole number"),
        "reason": (LONG, "The reason"),
    },
    "/settings/{setting}/delete": {
        "key": ("another", "Type the key, chunk_size, to confirm."),
        "reason": (LONG, "The reason"),
    },
    "/roles/new": {
        "name": ("", "The name is empty"),
        "reason": (LONG, "The reason"),
    },
    "/roles/{role}/edit": {
        "name": ("a,b", "The name contains a comma"),
        "reason": (LONG, "The reason"),
    },
    "/roles/{role}/delete": {
        "name": ("another", "Type the name, team, to confirm."),
        "reason": (LONG, "The reason"),
    },
}


@pytest.fixture
def ids(session, vera):
    """The ids of what the forms are about."""
    team = Role(name="team")
    session.add(team)
    session.commit()
    setting = settings.by_key(session, "chunk_size")
    return {"user": vera.id, "role": team.id, "setting": setting.id}


def assert_all_told(page, mistakes):
    assert page.status_code == 422
    assert "<title>Error: " in page.html
    for field, (typed, sentence) in mistakes.items():
        assert sentence in page.text
        assert f'aria-describedby="{field}-error' in page.html
        assert page.value(field) == typed


@pytest.mark.parametrize("path", SENTENCES)
def test_every_mistake_is_said_beside_its_field(sign_in, ada, ids, path):
    mistakes = SENTENCES[path]
    other = {"data_type": "integer"} if path == "/settings/new" else {}
    typed = {field: text for field, (text, _) in mistakes.items()}

    page = sign_in(ada).submit(path.format(**ids), **typed | other)

    assert_all_told(page, mistakes)


def test_the_first_administrator_is_told_of_every_mistake(visitor, session):
    token = issue_setup_link(session, actor=OPERATOR)
    session.commit()
    typed = {"username": "", "email": "nobody", "password": "short"}

    page = visitor.submit(f"/setup/{token}", **typed)

    assert page.status_code == 422
    for field in typed:
        assert f'aria-describedby="{field}-error' in page.html


def test_a_name_and_an_address_that_are_taken_are_both_told(sign_in, ada, vera):
    page = sign_in(ada).submit("/users/new", username="vera", email=ada.email)

    assert_all_told(
        page,
        {
            "username": ("vera", "Another user has vera"),
            "email": (ada.email, f"Another user has {ada.email}"),
        },
    )


def test_the_title_tells_of_an_error_only_where_there_is_one(sign_in, ada, ids, visitor):
    page = sign_in(ada).get(f"/settings/{ids['setting']}")

    assert "<title>chunk_size · " in page.html
    assert "<title>Error: chunk_size · " in page.submit(value="many").html
    assert "<title>Error: Sign in · " in visitor.submit("/login", username="ada").html
    assert "<title>Error: " not in visitor.get("/settings").html


@pytest.mark.parametrize("path", ["/account/tokens", "/settings/rules"])
def test_the_title_tells_of_an_error_on_pages_with_several_forms(sign_in, ada, path):
    page = sign_in(ada).submit(path, reason=LONG)

    assert page.status_code == 422
    assert "<title>Error: " in page.html
