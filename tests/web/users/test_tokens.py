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
