"""The page for the code: the session begins with it, and not before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app import unit_of_work
from app.domain.authentication import one_time_links
from app.domain.authentication.budgets import ThrottleLimits
from app.models import ApplicationSetting, ConsoleSession, FailedSignIn, Role
from app.models.base import utcnow
from tests.support.contents import recorded
from tests.support.cookies import cookie
from tests.support.people import PASSWORD
from tests.support.second_factors import code_of, set_up

PAGE = "/login/second-factor?next=/account"


@pytest.fixture
def factor(app, session, ada):
    return set_up(session, ada, app.config["SECRET_KEY"])


@pytest.fixture
def key(factor):
    return factor[0]


def enter_password(browser, password=PASSWORD):
    return browser.get("/login?next=/account").submit(username="ada", password=password)


def session_of(browser):
    return browser.client.get_cookie(cookie("console"))


def test_the_session_begins_with_the_code(visitor, session, key):
    asked = enter_password(visitor)
    assert (asked.status_code, asked.location) == (303, PAGE)
    assert session_of(visitor) is None
    assert visitor.get("/account").status_code == 303
    assert session.scalars(select(ConsoleSession)).all() == []

    page = visitor.get(PAGE)
    assert 'autocomplete="one-time-code"' in page.html
    wrong = page.submit(own_code="000000")
    assert (wrong.status_code, "That code is not right" in wrong.text) == (422, True)
    assert session.scalars(select(FailedSignIn.failures)).one() == 1

    done = wrong.submit(own_code=code_of(key))
    assert (done.status_code, done.location) == (303, "/account")
    assert "Ada Byron" in done.follow().text
    assert visitor.client.get_cookie(cookie("second-factor")) is None
    assert [event.action for event in recorded(session)] == ["user:signed-in"]


@pytest.mark.only_on("sqlite")
def test_a_code_or_a_wrong_password_alone_opens_nothing(visitor, key):
    assert visitor.get("/login/second-factor").location.startswith("/login")
    assert visitor.post("/login/second-factor", own_code=code_of(key)).location == "/login?next=/"
    assert enter_password(visitor, "wrong").status_code == 422
    assert visitor.get("/login/second-factor").location.startswith("/login")


@pytest.mark.only_on("sqlite")
def test_a_code_is_used_up_by_signing_in(app, visitor, sign_in, key):
    enter_password(visitor)
    code = code_of(key)
    assert visitor.submit(PAGE, own_code=code).status_code == 303
    visitor.client.delete_cookie(cookie("console"))

    enter_password(visitor)
    assert visitor.submit(PAGE, own_code=code).status_code == 422
    assert visitor.submit(PAGE, own_code=code_of(key, 1)).status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_recovery_code_signs_in_once_and_is_recorded(visitor, session, factor):
    code = factor[1][3]
    enter_password(visitor)
    assert visitor.submit(PAGE, own_code=code).status_code == 303
    assert [(event.action, event.after) for event in recorded(session)][1:] == [
        ("recovery-code:used", '{"left": 9}')
    ]
    visitor.client.delete_cookie(cookie("console"))

    enter_password(visitor)
    assert visitor.submit(PAGE, own_code=code).status_code == 422


ENDINGS = {
    "deactivated": {"is_active": False},
    "given another password": {"password_hash": "another"},
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("columns", ENDINGS.values(), ids=ENDINGS)
def test_the_first_step_ends_with_what_it_rests_on(visitor, session, ada, key, columns):
    enter_password(visitor)
    for name, value in columns.items():
        setattr(ada, name, value)
    session.commit()

    answer = visitor.post(PAGE, own_code=code_of(key))

    assert (answer.status_code, answer.location) == (303, "/login?next=/account")
    assert "Sign in again." in answer.follow().text
    assert session_of(visitor) is None


@pytest.mark.only_on("sqlite")
def test_the_first_step_is_forgotten_after_ten_minutes_and_cannot_be_forged(
    visitor, key, monkeypatch
):
    enter_password(visitor)
    value = visitor.client.get_cookie(cookie("second-factor")).value
    visitor.client.set_cookie(cookie("second-factor"), value[:-2] + "xx")
    assert visitor.get(PAGE).status_code == 303

    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) - 601)
    enter_password(visitor)
    monkeypatch.undo()
    assert visitor.get(PAGE).status_code == 303


@pytest.mark.only_on("sqlite")
def test_codes_and_passwords_draw_on_one_budget(app, visitor, key):
    limits = ThrottleLimits(account=4, network=50, browser=4, period=timedelta(minutes=15))
    app.config["CONSOLE"] = replace(app.config["CONSOLE"], sign_in_limits=limits)
    enter_password(visitor)
    page = visitor.get(PAGE)

    assert [page.submit(own_code="000000").status_code for _ in range(2)] == [422, 422]
    # Entering the right password once more gives nothing back.
    assert enter_password(visitor).status_code == 303
    refused = page.submit(own_code=code_of(key))

    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert session_of(visitor) is None


@pytest.mark.only_on("sqlite")
def test_a_link_sets_the_password_and_leaves_the_second_factor(visitor, session, ada, key):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=ada.id)
    session.commit()

    asked = visitor.submit(f"/reset/{token}", password="another good password")

    assert (asked.location, session_of(visitor)) == ("/login/second-factor?next=/", None)
    assert "Your password is set." in asked.follow().text
    assert visitor.submit("/login/second-factor", own_code=code_of(key)).location == "/"


@pytest.mark.only_on("sqlite")
def test_a_form_sent_after_the_session_is_kept_over_both_steps(sign_in, session, ada, key):
    setting = ApplicationSetting(key="greeting", value="old", data_type="string", category="x")
    session.add(setting)
    session.commit()
    browser = sign_in(ada)
    page = browser.get(f"/settings/{setting.id}")
    session.execute(update(ConsoleSession).values(last_seen_at=utcnow().replace(year=2020)))
    session.commit()

    code_page = page.submit("edit", value="new", reason="because").submit(
        username="ada", password=PASSWORD
    )
    assert "Enter your code" in code_page.text
    wrong = code_page.submit(own_code="1")
    assert (wrong.status_code, setting.value) == (422, "old")
    form = wrong.submit(own_code=code_of(key))

    assert (form.value("value"), form.value("reason"), setting.value) == ("new", "because", "old")
    assert form.submit("edit").status_code == 303


@pytest.mark.only_on("sqlite")
def test_reauthentication_takes_the_code_too_and_does_not_say_which_is_wrong(
    sign_in, session, ada, key
):
    browser = sign_in(ada)
    page = browser.get("/roles/new")
    session.execute(update(ConsoleSession).values(authenticated_at=utcnow() - timedelta(hours=1)))
    session.commit()
    asked, code = page.submit(name="support"), code_of(key)

    for password, entered in ((PASSWORD, "000000"), ("wrong", code)):
        refused = asked.submit(own_password=password, own_code=entered)
        assert (refused.status_code, "The password or the code is wrong." in refused.text) == (
            422,
            True,
        )
    assert asked.submit(own_password=PASSWORD, own_code=code).status_code == 303
    assert session.scalars(select(Role.id).where(Role.name == "support")).one()


@pytest.mark.only_on("sqlite")
def test_a_code_is_on_no_page_of_an_error(visitor, factor, monkeypatch):
    enter_password(visitor)
    page, code = visitor.get(PAGE), factor[1][0]

    def fail():
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(unit_of_work, "_commit", fail)
        failed = page.submit(own_code=code)

    assert (failed.status_code, code in failed.html) == (503, False)
    assert page.submit(own_code=code).location == "/account"
