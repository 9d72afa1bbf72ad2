"""The sessions of a user."""

import pytest
from sqlalchemy import func, select

from app.models import ConsoleSession
from tests.support.contents import events


@pytest.fixture
def signed_in_as(app, session, sign_in):
    """Tells in how many browsers a person is signed in."""
    return lambda who: session.scalar(
        select(func.count()).select_from(ConsoleSession).where(ConsoleSession.user_id == who.id)
    )


def test_the_sessions_of_a_user_are_listed_and_ended(sign_in, session, ada, vera, signed_in_as):
    browser, first, second = sign_in(ada), sign_in(vera), sign_in(vera)
    path = f"/users/{vera.id}/sessions"

    page = browser.get(path)
    assert page.text.count("The tests") == 2
    refused = page.submit("end-sessions", reason="x" * 501)
    assert (refused.status_code, signed_in_as(vera)) == (422, 2)
    assert 'aria-describedby="reason-error' in refused.html
    ended = refused.submit("end-sessions", reason="A lost laptop.").follow()
    assert "Ended the session" in ended.text
    assert signed_in_as(vera) == 1
    ended.submit("end-sessions", session="all", reason="All of them.")

    assert signed_in_as(vera) == 0
    assert first.get("/account").status_code == second.get("/account").status_code == 303
    assert "Vera Rubin has no session" in browser.get(path).text
    assert [(event.action, event.reason) for event in events(session)] == [
        ("session:ended", "A lost laptop."),
        ("sessions:ended", "All of them."),
    ]


@pytest.mark.parametrize("value", ["", "x", "0", "-1", "2147483648", "9" * 30, "ALL", "\0", "١"])
def test_a_session_that_cannot_be_is_not_ended(sign_in, session, ada, vera, signed_in_as, value):
    sign_in(vera)
    browser = sign_in(ada)

    assert browser.post(f"/users/{vera.id}/sessions", session=value).status_code == 422
    assert signed_in_as(vera) == 1


def test_another_s_session_is_not_ended_by_its_number(sign_in, session, ada, vera, omar):
    sign_in(omar)
    number = session.scalar(select(ConsoleSession.id).where(ConsoleSession.user_id == omar.id))

    page = sign_in(ada).post(f"/users/{vera.id}/sessions", session=str(number))

    assert page.status_code == 404
    assert "That session has ended already" in page.text


def test_a_session_that_ended_stays_ended(sign_in, ada, vera, signed_in_as):
    hers, browser = sign_in(vera), sign_in(ada)

    browser.post(f"/users/{vera.id}/deactivate")
    browser.post(f"/users/{vera.id}/activate")

    assert vera.is_active
    assert hers.get("/account").status_code == 303
    assert signed_in_as(vera) == 0
