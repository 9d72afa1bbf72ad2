"""The page to change one's own password."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain.authentication import one_time_links
from app.models import AuditEvent, ConsoleSession, FailedSignIn, User
from app.models.base import utcnow
from tests.support.contents import recorded
from tests.support.cookies import cookie
from tests.support.people import PASSWORD, PASSWORD_HASH
from tests.support.second_factors import code_of, set_up

NEW = "another good password"


def test_the_password_is_changed_and_other_sessions_end(sign_in, vera, session):
    browser, other = sign_in(vera), sign_in(vera)
    before = browser.client.get_cookie(cookie("console")).value

    answer = browser.submit("/account/password", current=PASSWORD, password=NEW)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password was changed" in answer.follow().text
    assert browser.client.get_cookie(cookie("console")).value != before
    assert other.get("/account").status_code == 303
    [event] = recorded(session)
    assert (event.action, event.actor_id) == ("password:changed", vera.id)


def test_only_the_new_password_signs_in(sign_in, visitor, vera):
    sign_in(vera).submit("/account/password", current=PASSWORD, password=NEW)

    assert visitor.submit("/login", username="vera", password=PASSWORD).status_code == 422
    assert visitor.submit("/login", username="vera", password=NEW).location == "/"


@pytest.mark.parametrize(
    ("current", "password", "sentence"),
    [
        ("not my password", NEW, "That is not your password."),
        ("", NEW, "That is not your password."),
        (PASSWORD, "short", "The password has 5 characters"),
        (PASSWORD, "vera@example.org", "The password is the e-mail address"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(sign_in, vera, current, password, sentence):
    browser = sign_in(vera)

    answer = browser.submit("/account/password", current=current, password=password)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert vera.password_hash == PASSWORD_HASH
    assert browser.get("/account").status_code == 200


def test_a_wrong_password_is_a_failed_sign_in(sign_in, vera, session):
    sign_in(vera).submit("/account/password", current="not my password", password=NEW)

    assert session.scalars(select(FailedSignIn.failures)).one() == 1


@pytest.mark.only_on("sqlite")
def test_the_password_alone_renews_no_session_that_has_a_second_factor(app, sign_in, vera, session):
    key, _ = set_up(session, vera, app.config["SECRET_KEY"])
    browser = sign_in(vera)
    page = browser.get("/account/password")
    long_ago = utcnow() - timedelta(hours=1)
    session.execute(update(ConsoleSession).values(authenticated_at=long_ago))
    session.commit()

    asked = page.submit(current=PASSWORD, password=NEW)
    assert (asked.status_code, vera.password_hash) == (401, PASSWORD_HASH)
    removal = browser.submit("/account/remove-second-factor")
    assert (removal.status_code, "Confirm that it is you" in removal.text) == (401, True)

    form = asked.submit(own_password=PASSWORD, own_code=code_of(key))
    assert "Nothing has been saved yet." in form.text
    assert form.submit(current=PASSWORD, password=NEW).location == "/account"


def test_a_link_for_a_new_password_stops_working_when_it_is_changed(
    sign_in, visitor, vera, session
):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)
    sign_in(vera).submit("/account/password", current=PASSWORD, password=NEW)

    assert visitor.get(f"/reset/{token}").status_code == 404


def test_unknown_fields_change_nothing(sign_in, vera, session):
    row = select(User.__table__).where(User.id == vera.id)
    before = session.execute(row).one()
    fields = {"id": "1", "username": "ada", "is_active": "", "password_hash": "x", "roles": "1"}

    for path in ("/account/password", "/account/sessions"):
        assert sign_in(vera).post(path, **fields).status_code == 422

    assert session.execute(row).one() == before
    assert session.scalar(select(func.count(AuditEvent.id))) == 0


@pytest.mark.only_on("sqlite")
def test_a_new_password_is_hashed_as_configured(app, sign_in, vera, session):
    console = app.config["CONSOLE"]
    app.config["CONSOLE"] = replace(console, password_scheme="bcrypt")
    fields = {"current": PASSWORD, "password": "seven grey herons at dusk"}

    assert sign_in(vera).submit("/account/password", **fields).status_code == 303

    assert vera.password_hash.startswith("$2b$12$")
