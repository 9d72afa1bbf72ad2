"""The page to choose a password with a link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain import users
from app.domain.authentication import one_time_links
from app.domain.errors import BeyondOwnPermissions
from app.domain.sign_in import choose_password
from app.domain.users import NewUser
from app.models import ConsoleSession, OneTimeLink, Role
from app.models.base import utcnow
from tests.support.browsing import Browser
from tests.support.contents import recorded
from tests.support.cookies import cookie
from tests.support.people import OPERATOR, PASSWORD_HASH, acting

NEW = "another good password"


@pytest.fixture
def link(session, vera):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)
    session.commit()
    return f"/reset/{token}"


def test_the_link_sets_a_password_and_signs_its_owner_in(visitor, vera, session, link):
    assert "For the account vera." in visitor.get(link).text

    answer = visitor.submit(link, password=NEW)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "Your password is set, and you are signed in." in answer.follow().text
    assert [event.action for event in recorded(session)] == ["user:signed-in", "password:changed"]
    assert visitor.post("/logout").status_code == 303
    assert visitor.submit("/login", username="vera", password=NEW).location == "/"


def test_an_inactive_owner_chooses_a_password_and_is_not_signed_in(visitor, vera, session, link):
    vera.is_active = False
    session.commit()

    answer = visitor.submit(link, password=NEW)

    assert answer.location == "/login"
    assert "You can sign in once your account is active." in answer.follow().text
    assert visitor.client.get_cookie(cookie("console")) is None
    assert "user:signed-in" not in {event.action for event in recorded(session)}


def test_the_change_is_recorded_without_the_password(visitor, vera, session, link):
    visitor.submit(link, password=NEW)

    _, event = recorded(session)
    assert (event.action, event.actor_name, event.target_id) == (
        "password:changed",
        "vera",
        vera.id,
    )
    assert (event.before, event.after) == (None, None)


def test_every_session_of_the_owner_ends(visitor, sign_in, vera, link):
    browser = sign_in(vera)

    visitor.submit(link, password=NEW)

    assert browser.get("/account").status_code == 303


def test_the_link_works_once(visitor, vera, link):
    page = visitor.get(link)
    page.submit(password=NEW)
    chosen = vera.password_hash

    assert page.submit(password="a third good password").status_code == 404
    assert "has expired or was already used" in visitor.get(link).text
    assert vera.password_hash == chosen


def test_two_at_once_choose_one_password(app, session, vera, link):
    pages = [Browser(app.test_client()).get(link) for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        answers = threads.map(lambda page: page.submit(password=NEW).status_code, pages)

    assert sorted(answers) == [303, 404]
    assert [event.action for event in recorded(session)] == ["user:signed-in", "password:changed"]


def test_the_link_expires_after_an_hour(visitor, session, vera, link):
    page = visitor.get(link)
    session.execute(update(OneTimeLink).values(expires_at=utcnow() - timedelta(seconds=1)))

    assert visitor.get(link).status_code == 404
    assert page.submit(password=NEW).status_code == 404
    assert vera.password_hash == PASSWORD_HASH


def test_a_newer_link_replaces_the_older(visitor, session, vera, omar, link):
    others = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=omar.id)
    newer = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)

    assert visitor.get(link).status_code == 404
    assert visitor.get(f"/reset/{newer}").status_code == 200
    assert visitor.get(f"/reset/{others}").status_code == 200


def test_a_link_works_for_its_own_purpose_only(visitor, link, session):
    token = one_time_links.issue(session, one_time_links.Purpose.SET_UP)

    assert visitor.get(f"/reset/{token}").status_code == 404
    assert visitor.get(link.replace("reset", "setup")).status_code == 404


@pytest.mark.parametrize("password", ["", "short", "vera@example.org", "a\tb" * 9, "p" * 257])
def test_a_bad_password_is_refused_and_the_link_still_works(visitor, vera, link, password):
    answer = visitor.submit(link, password=password)

    assert answer.status_code == 422
    assert "The password" in answer.text
    assert vera.password_hash == PASSWORD_HASH
    assert visitor.get(link).status_code == 200


def test_only_the_hash_of_the_link_is_stored(session, link):
    stored = session.scalars(select(OneTimeLink.token_hash)).all()

    assert all(digest not in link and len(digest) == 64 for digest in stored)


def test_another_user_in_this_browser_is_signed_out(sign_in, session, omar, link, vera):
    browser = sign_in(omar)
    before = browser.client.get_cookie(cookie("console")).value

    browser.submit(link, password=NEW)

    assert browser.client.get_cookie(cookie("console")).value != before
    assert "Vera Rubin" in browser.get("/account").text
    assert session.scalars(select(ConsoleSession.user_id)).all() == [vera.id]


def test_a_link_stops_working_when_its_issuer_s_id_belongs_to_somebody_else(
    visitor, session, ada, vera
):
    token = users.start_reset(session, vera.id, actor=acting(ada))[1]
    session.commit()
    assert visitor.get(f"/reset/{token}").status_code == 200

    ada.created_at = utcnow() + timedelta(minutes=1)
    session.commit()

    assert visitor.get(f"/reset/{token}").status_code == 404


def test_a_link_stops_working_when_its_owner_gains_more_than_the_issuer_has(
    visitor, session, person, omar
):
    # The issuer may have kept a copy of the link.
    helper = person("helper", permissions=["user:update"])
    token = users.start_reset(session, omar.id, actor=acting(helper))[1]
    omar.roles.append(session.query(Role).filter_by(name="admin").one())
    session.commit()

    page = visitor.get(f"/reset/{token}")
    assert (page.status_code, "has expired or was already used" in page.text) == (404, True)
    with pytest.raises(one_time_links.InvalidLink):
        choose_password(session, token, "another hash", actor=acting(omar))
    session.rollback()
    assert omar.password_hash == PASSWORD_HASH


@pytest.mark.parametrize("at", ["the page", "the save"])
@pytest.mark.parametrize(
    "change", ["deactivated", "deleted", "right lost", "exceeded", "role lost"]
)
def test_a_link_does_not_outlive_what_its_issuer_could_do(
    visitor, session, person, omar, change, at
):
    helper = person("helper", permissions=["user:update", "user:create", "document:read"])
    omar.roles.append(session.query(Role).filter_by(name="viewer").one())
    token = users.start_reset(session, omar.id, actor=acting(helper))[1]
    session.commit()
    page = visitor.get(f"/reset/{token}")
    assert page.status_code == 200

    _take_away(session, helper, omar, change)
    page = visitor.get(f"/reset/{token}") if at == "the page" else page.submit(password=NEW)

    assert (page.status_code, "has expired or was already used" in page.text) == (404, True)
    assert omar.password_hash == PASSWORD_HASH
    [event] = [event for event in recorded(session) if event.action == "change:refused"]
    assert (event.actor_name, event.target_name) == ("visitor", "omar")
    assert "A one-time link for omar was refused:" in event.after


def _take_away(session, helper, owner, change):
    own_role = session.query(Role).filter_by(name="only helper").one()
    if change == "deactivated":
        helper.is_active = False
    elif change == "deleted":
        session.delete(helper)
    elif change == "role lost":
        helper.roles.clear()
    elif change == "exceeded":
        owner.roles.append(session.query(Role).filter_by(name="admin").one())
    else:
        kept = [row for row in own_role.permissions if row.code != "user:update"]
        own_role.permissions = kept
    session.commit()


def test_the_link_of_a_new_account_needs_the_right_to_create_users(visitor, session, person):
    helper = person("helper", permissions=["user:update", "user:create"])
    _, token = users.create(session, NewUser("nora", "nora@example.org"), actor=acting(helper))
    session.commit()
    own_role = session.query(Role).filter_by(name="only helper").one()
    update, create = sorted(own_role.permissions, key=lambda row: row.code, reverse=True)

    own_role.permissions = [create]
    session.commit()
    assert visitor.get(f"/reset/{token}").status_code == 200

    own_role.permissions = [update]
    session.commit()
    assert visitor.get(f"/reset/{token}").status_code == 404


def test_the_link_of_a_command_asks_nobody_in_the_console(visitor, session, ada, vera):
    token = users.start_reset(session, vera.id, actor=OPERATOR)[1]
    ada.is_active = False
    session.commit()

    assert visitor.submit(f"/reset/{token}", password=NEW).status_code == 303


def test_a_reset_asks_for_the_right_in_its_own_transaction(session, person, vera):
    with pytest.raises(BeyondOwnPermissions, match="user:update"):
        users.start_reset(session, vera.id, actor=acting(person("iris", permissions=["user:read"])))
