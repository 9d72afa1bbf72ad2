"""The address that ends a session of one's own."""

import pytest
from sqlalchemy import func, select, text, update

from app.models import ConsoleSession
from tests.support.contents import recorded


def test_an_own_session_is_ended(sign_in, vera, session):
    browser, other = sign_in(vera), sign_in(vera)
    ended = session.scalars(select(func.max(ConsoleSession.id))).one()

    answer = browser.post("/account/sessions", session=str(ended))

    assert answer.follow().status_code == 200
    assert other.get("/account").status_code == 303
    [event] = recorded(session)
    assert (event.action, event.target_id) == ("session:ended", ended)


def test_ending_this_session_signs_out(sign_in, vera):
    browser = sign_in(vera)

    browser.submit("/account", to="/account/sessions")

    assert browser.get("/account").status_code == 303


def test_the_reason_is_recorded_and_one_that_is_too_long_ends_nothing(sign_in, vera, session):
    browser, other = sign_in(vera), sign_in(vera)
    newest = str(session.scalars(select(func.max(ConsoleSession.id))).one())
    page = browser.get("/account")

    refused = page.submit("end-sessions", session=newest, reason="x" * 501)
    assert (refused.status_code, refused.value("reason")) == (422, "x" * 501)
    assert 'aria-describedby="reason-error' in refused.html
    assert other.get("/account").status_code == 200
    page.submit("end-sessions", session=newest, reason="Not mine.")

    assert [event.reason for event in recorded(session)] == ["Not mine."]


def test_the_session_of_another_user_cannot_be_ended(sign_in, vera, omar, session):
    browser, other = sign_in(vera), sign_in(omar)
    theirs = session.scalars(
        select(ConsoleSession.id).where(ConsoleSession.user_id == omar.id)
    ).one()

    answer = browser.post("/account/sessions", session=str(theirs))

    assert answer.status_code == 404
    assert "That session has ended already." in answer.text
    assert other.get("/account").status_code == 200


@pytest.mark.parametrize(
    "number", ["", "x", "0", "-1", "1e3", str(2**31), str(2**63), "9" * 5000, "1\0", "٣"]
)
def test_an_id_that_is_not_valid_is_refused(sign_in, vera, session, number):
    answer = sign_in(vera).post("/account/sessions", session=number)

    assert answer.status_code in {404, 422}
    assert session.scalar(select(func.count(ConsoleSession.id))) == 1


def test_an_expired_session_is_not_listed(sign_in, vera, session):
    browser = sign_in(vera)
    sign_in(vera)
    newest = select(func.max(ConsoleSession.id)).scalar_subquery()
    newest = session.scalar(select(newest))
    session.execute(
        update(ConsoleSession)
        .where(ConsoleSession.id == newest)
        .values(last_seen_at=ConsoleSession.created_at, created_at=text("'2020-01-01'"))
    )

    assert f'name="session" value="{newest}"' not in " ".join(browser.get("/account").html.split())
