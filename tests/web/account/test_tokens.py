"""The page of one's own tokens of the API."""

import re

import pytest
from sqlalchemy import select

from app.domain.authentication import api_tokens
from app.models import ApiToken
from tests.support.contents import recorded

pytestmark = pytest.mark.only_on("sqlite")
PAGE = "/account/tokens"
LONG = "x" * 501


def test_a_new_token_is_shown_once(sign_in, session, vera):
    browser = sign_in(vera)

    shown = browser.submit(PAGE, name="pipeline", scopes=["document:read"])

    assert shown.status_code == 201
    text = re.search(r"rfc_[\w-]{51}", shown.html)[0]
    [token] = session.scalars(select(ApiToken))
    assert (token.name, token.scopes) == ("pipeline", "document:read")
    assert api_tokens.identify(session, text).user_id == vera.id
    again = browser.get(PAGE)
    assert "pipeline" in again.text
    assert text not in again.html


def test_a_token_is_revoked(sign_in, session, vera):
    browser = sign_in(vera)
    browser.submit(PAGE, name="pipeline", unlimited=True)

    browser.submit(PAGE, token=str(session.scalars(select(ApiToken.id)).one())).follow()

    assert session.scalars(select(ApiToken)).all() == []
    assert recorded(session)[0].action == "token:revoked"


def test_a_form_that_is_refused_keeps_what_was_entered(sign_in, vera):
    page = sign_in(vera).submit(PAGE, name="pipeline", days="30")

    assert page.status_code == 422
    assert "Select at least one permission" in page.text
    assert (page.value("name"), page.value("days")) == ("pipeline", "30")


def test_the_reason_for_a_token_and_for_its_end_is_recorded(sign_in, session, vera):
    browser = sign_in(vera)
    browser.submit(PAGE, name="pipeline", unlimited=True, reason="Ticket 7")
    browser.submit(PAGE, "revoke", reason="Ticket 8")

    assert [(event.action, event.reason) for event in recorded(session)] == [
        ("token:revoked", "Ticket 8"),
        ("token:created", "Ticket 7"),
    ]


def test_a_reason_that_is_too_long_stands_at_its_own_field(sign_in, session, vera):
    browser = sign_in(vera)
    browser.submit(PAGE, name="pipeline", unlimited=True)

    page = browser.submit(PAGE, "revoke", reason=LONG)
    assert page.status_code == 422
    assert 'aria-describedby="revoke-reason-error' in page.html
    assert 'aria-describedby="reason-error' not in page.html
    assert page.value("reason") == [LONG, ""]
    other = browser.submit(PAGE, name="second", unlimited=True, reason=LONG)
    assert other.status_code == 422
    assert 'aria-describedby="reason-error' in other.html
    assert (other.value("name"), other.value("reason")) == ("second", ["", LONG])
    assert len(session.scalars(select(ApiToken)).all()) == 1


def test_the_token_of_somebody_else_is_not_found(sign_in, session, vera, ada):
    sign_in(ada).submit(PAGE, name="hers", unlimited=True)
    hers = session.scalars(select(ApiToken.id)).one()

    assert sign_in(vera).post(PAGE, token=str(hers)).status_code == 404
