"""The page of the tokens of all users."""

import re

from sqlalchemy import insert, select

from app.domain import users
from app.domain.authentication import api_tokens
from app.domain.paging import SIZE
from app.domain.users import NewUser
from app.models import ApiToken
from app.models.base import utcnow
from tests.support.contents import events
from tests.support.people import OPERATOR
from tests.support.tokens import token_of


def test_the_tokens_of_everybody_are_listed_and_one_is_revoked(sign_in, session, ada, vera):
    robot = users.create_service_account(
        session, NewUser("robot", "robot@example.org"), actor=OPERATOR
    )
    texts = [token_of(session, who) for who in (ada, vera, robot)]
    browser = sign_in(ada)

    assert browser.get("/users").link("API tokens") == "/tokens"
    page = browser.get("/tokens")
    assert [text[:10] in page.text for text in texts] == [True] * 3
    assert not any(text in page.html for text in texts)
    assert re.search(r"robot service account", page.text)
    token_id = session.scalars(select(ApiToken.id).where(ApiToken.user_id == vera.id)).one()
    done = page.submit(token=str(token_id), reason="A lost laptop.")

    assert done.location == "/tokens"
    assert api_tokens.identify(session, texts[1]) is None
    assert api_tokens.identify(session, texts[2]) is not None
    event = events(session)[-1]
    assert (event.action, event.target, event.reason) == (
        *("token:revoked", "vera"),
        "A lost laptop.",
    )
    gone = page.submit(token=str(token_id))
    assert (gone.status_code, "There is no token with the ID" in gone.text) == (404, True)


def test_permissions_of_a_token_are_words_of_their_own(sign_in, session, ada):
    token_of(session, ada, scopes=["settings:read", "settings:update"])

    assert "settings:read, settings:update" in sign_in(ada).get("/tokens").text


def test_whoever_has_more_is_left_alone(sign_in, session, ada, vera, person):
    hana = person("hana", permissions=["user:read", "user:update", "role:read"])
    token_of(session, ada)
    browser = sign_in(hana)
    [token_id] = session.scalars(select(ApiToken.id)).all()

    page = browser.get("/tokens")
    assert "Has permissions that you do not have" in page.text
    assert "Revoke the token" not in page.text.partition("Has permissions")[2]
    refused = browser.post("/tokens", token=str(token_id))

    assert refused.status_code == 403
    assert session.scalars(select(ApiToken.id)).all() == [token_id]
    assert sign_in(vera).get("/tokens").status_code == 403


def test_tokens_are_paged_by_key_in_a_constant_number_of_statements(
    sign_in, session, ada, statements
):
    rows = [
        {
            "token_hash": f"{number:064}",
            "start": f"rfc_{number:06}",
            "user_id": ada.id,
            "name": f"token {number:03}",
            "expires_at": utcnow(),
        }
        for number in range(SIZE + 10)
    ]
    session.execute(insert(ApiToken), rows[:5])
    session.commit()
    browser = sign_in(ada)
    browser.get("/tokens")
    statements.seen.clear()
    browser.get("/tokens")
    few = len(statements.seen)
    session.execute(insert(ApiToken), rows[5:])
    session.commit()

    with statements.at_most(few):
        first = browser.get("/tokens")
    assert "token 059" in first.text
    assert "token 009" not in first.text
    second = browser.get(first.link("Next"))
    assert re.findall(r"token (\d{3})", second.text)[:1] == ["009"]
    assert "expired" in second.text
