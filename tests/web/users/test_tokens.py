"""The page of a user's tokens of the API."""

import pytest
from sqlalchemy import select

from app.domain import users
from app.domain.users import NewUser
from app.models import ApiToken
from tests.support.people import OPERATOR
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")


def test_an_administrator_sees_and_revokes_the_tokens_of_a_person(sign_in, session, ada, vera):
    text = token_of(session, vera)
    browser, path = sign_in(ada), f"/users/{vera.id}/tokens"

    page = browser.get(path)
    assert text[:10] in page.text
    assert "New token" not in page.text
    page.submit(token=str(session.scalars(select(ApiToken.id)).one()))

    assert session.scalars(select(ApiToken)).all() == []


def test_an_administrator_creates_the_token_of_a_service_account(sign_in, session, ada):
    new = NewUser("robot", "robot@example.org")
    robot = users.create_service_account(session, new, actor=OPERATOR)
    session.commit()

    shown = sign_in(ada).submit(f"/users/{robot.id}/tokens", name="ci", unlimited=True)

    assert shown.status_code == 201
    assert session.scalars(select(ApiToken.user_id)).all() == [robot.id]
    assert "none: service account" in sign_in(ada).get(f"/users/{robot.id}").text


def test_a_service_account_is_told_and_has_no_password_to_reset(sign_in, session, ada, vera):
    new = NewUser("robot", "robot@example.org")
    robot = users.create_service_account(session, new, actor=OPERATOR)
    session.commit()
    browser = sign_in(ada)

    page, other = browser.get(f"/users/{robot.id}"), browser.get(f"/users/{vera.id}")
    assert ("service account" in page.text, f"/users/{robot.id}/reset" in page.html) == (
        True,
        False,
    )
    assert "service account" not in other.text
    assert f"/users/{vera.id}/reset" in other.html
    question = browser.get(f"/users/{robot.id}/reset")
    assert "robot is a service account: nobody signs in to it with a password." in question.text
    assert "one-time link" not in question.text
    listed = browser.get("/users?kind=service")
    assert "robot@example.org" in listed.text
    assert "vera@example.org" not in listed.text
    assert 'badge-info">service account</span>' in listed.html
    assert "kind=service" in listed.html
    export = browser.get("/users/export?kind=service")
    assert "Service accounts" in export.text
    assert "robot" in export.submit(separator="comma").text
