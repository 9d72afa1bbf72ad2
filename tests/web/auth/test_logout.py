"""The page to sign out."""

from sqlalchemy import text

from tests.support.cookies import cookie


def test_signing_out_ends_the_session_also_for_a_copied_cookie(sign_in, vera, session):
    browser, thief = sign_in(vera), sign_in(vera)
    thief.client.set_cookie(cookie("console"), browser.client.get_cookie(cookie("console")).value)
    assert thief.get("/account").status_code == 200

    answer = browser.submit("/", to="/logout")

    assert (answer.status_code, answer.location) == (303, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.client.get_cookie(cookie("console")) is None
    assert thief.get("/account").status_code == 303


def test_signing_out_is_asked_first_and_needs_a_form(sign_in, vera):
    browser = sign_in(vera)

    assert "Sign out?" in browser.get("/logout").text
    assert browser.get("/account").status_code == 200
    assert browser.post("/logout").location == "/login"


def test_signing_out_of_a_session_that_has_ended_leads_to_the_sign_in(sign_in, vera, session):
    browser = sign_in(vera)
    page = browser.get("/account")
    session.execute(text("DELETE FROM console_sessions"))

    assert page.submit(to="/logout").location == "/login"


def test_sessions_of_others_go_on(sign_in, vera, omar, session):
    mine, theirs = sign_in(vera), sign_in(omar)

    mine.submit("/", to="/logout")

    assert theirs.get("/account").status_code == 200
