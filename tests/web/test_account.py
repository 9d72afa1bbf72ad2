"""One's own account: what one sees of oneself, the password, the sessions, the theme."""

import pytest
from sqlalchemy import func, select, text, update

from app.domain.authentication import one_time_links
from app.models import AuditEvent, ConsoleSession, User
from tests.support.contents import recorded
from tests.support.people import PASSWORD, PASSWORD_HASH

NEW = "another good password"


def test_the_page_says_who_one_is_and_what_one_may_do(sign_in, vera):
    page = sign_in(vera).get("/account")

    assert "Vera Rubin" in page.text
    assert "vera · vera@example.org" in page.text
    assert "document:read" in page.text
    assert "document:update" not in page.text


def test_without_a_role_it_says_whom_to_ask(sign_in, omar):
    page = sign_in(omar).get("/account")

    assert "You have no permissions yet" in page.text
    assert "tell them your user name: omar." in page.text


def test_an_administrator_holds_everything(sign_in, ada):
    assert "audit:read" in sign_in(ada).get("/account").text


def test_the_password_is_changed_and_other_sessions_end(sign_in, vera, session):
    browser, other = sign_in(vera), sign_in(vera)
    before = browser.client.get_cookie("console").value

    answer = browser.submit("/account/password", current=PASSWORD, password=NEW)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password is changed" in answer.follow().text
    assert browser.client.get_cookie("console").value != before
    assert other.get("/account").status_code == 303
    [event] = recorded(session)
    assert (event.action, event.actor_id) == ("password:changed", vera.id)


def test_the_new_password_lets_in_and_the_old_one_does_not(sign_in, visitor, vera):
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


def test_a_link_for_a_new_password_stops_working_when_it_is_changed(
    sign_in, visitor, vera, session
):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)
    sign_in(vera).submit("/account/password", current=PASSWORD, password=NEW)

    assert visitor.get(f"/reset/{token}").status_code == 404


def test_one_of_one_s_sessions_is_ended(sign_in, vera, session):
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


def test_nobody_ends_a_session_of_somebody_else(sign_in, vera, omar, session):
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
def test_what_is_no_session_is_refused(sign_in, vera, session, number):
    answer = sign_in(vera).post("/account/sessions", session=number)

    assert answer.status_code in {404, 422}
    assert session.scalar(select(func.count(ConsoleSession.id))) == 1


def test_a_session_that_is_over_is_not_listed(sign_in, vera, session):
    browser = sign_in(vera)
    sign_in(vera)
    newest = select(func.max(ConsoleSession.id)).scalar_subquery()
    newest = session.scalar(select(newest))
    session.execute(
        update(ConsoleSession)
        .where(ConsoleSession.id == newest)
        .values(last_seen_at=ConsoleSession.created_at, created_at=text("'2020-01-01'"))
    )

    assert str(newest) not in browser.get("/account").value("session")


def test_a_browser_that_names_itself_oddly_is_listed_as_text(visitor, vera):
    agent = "<script>alert(1)</script>\x00\x07" + "x" * 300
    data = {"username": "vera", "password": PASSWORD, "csrf_token": visitor.csrf_token()}
    visitor.open("/login", "POST", data=data, headers={"User-Agent": agent})

    page = visitor.get("/account")

    assert "<script>alert(1)</script>xxx" in page.text
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_kept_in_this_browser(sign_in, vera, theme):
    browser = sign_in(vera)

    answer = browser.post("/account/theme", theme=theme, next="/account")

    assert answer.location == "/account"
    assert f'data-theme="{theme}"' in answer.follow().html
    cookie = browser.client.get_cookie("theme")
    assert (cookie.value, cookie.http_only, cookie.same_site) == (theme, True, "Lax")


def test_the_theme_of_the_system_is_no_theme_of_ours(sign_in, vera):
    browser = sign_in(vera)
    browser.post("/account/theme", theme="dark")

    browser.post("/account/theme", theme="system")

    assert "data-theme" not in browser.get("/account").html


def test_switching_the_theme_leads_back_to_the_page(sign_in, vera):
    page = sign_in(vera).get("/account/password?from=here")

    assert page.submit(to="/account/theme", theme="dark").location == "/account/password?from=here"


@pytest.mark.parametrize("theme", ["", "pink", "dark\0", "x" * 5000])
def test_another_theme_is_refused(sign_in, vera, theme):
    answer = sign_in(vera).post("/account/theme", theme=theme)

    assert answer.status_code == 422
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_cookie_with_another_theme_is_ignored(visitor):
    visitor.client.set_cookie("theme", '"><script>')

    assert "data-theme" not in visitor.get("/login").html


def test_odd_fields_change_nothing_of_oneself(sign_in, vera, session):
    row = select(User.__table__).where(User.id == vera.id)
    before = session.execute(row).one()
    fields = {"id": "1", "username": "ada", "is_active": "", "password_hash": "x", "roles": "1"}

    for path in ("/account/password", "/account/sessions"):
        assert sign_in(vera).post(path, **fields).status_code == 422

    assert session.execute(row).one() == before
    assert session.scalar(select(func.count(AuditEvent.id))) == 0


def test_single_keys_do_something_unless_they_are_switched_off(sign_in, vera):
    browser = sign_in(vera)
    assert " data-keys>" in browser.get("/settings").html

    answer = browser.post("/account/keys", keys="off", next="/account")

    assert (answer.status_code, answer.location) == (303, "/account")
    cookie = browser.client.get_cookie("keys")
    assert (cookie.value, cookie.http_only, cookie.same_site) == ("off", True, "Lax")
    page = answer.follow()
    assert "Single keys are switched off." in page.text
    assert "data-keys" not in page.html
    browser.post("/account/keys", keys="on")
    assert " data-keys>" in browser.get("/account").html


@pytest.mark.parametrize("keys", ["", "none", "off\0", "x" * 5000])
def test_another_choice_of_keys_is_refused(sign_in, vera, keys):
    browser = sign_in(vera)

    assert browser.post("/account/keys", keys=keys).status_code == 422
    assert browser.client.get_cookie("keys") is None


def test_the_page_of_the_keys_says_which_of_them_are_switched_off(sign_in, vera):
    browser = sign_in(vera)
    on = browser.get("/help/keys")
    browser.post("/account/keys", keys="off")
    off = browser.get("/help/keys")

    assert "are on in this browser" in on.text
    assert on.link("Turn them off…") == "/account/keys"
    assert "are off in this browser" in off.text
    assert off.link("Turn them on…") == "/account/keys"
