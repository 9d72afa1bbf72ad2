"""The page to create the first administrator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import func, select, update

from app.domain.sign_in import issue_setup_link
from app.models import AuditEvent, ConsoleSession, OneTimeLink, User
from app.models.base import utcnow
from tests.support.browsing import Browser
from tests.support.people import OPERATOR

FIRST = {"username": "Ada", "email": "ada@example.org", "password": "correct horse staple"}


@pytest.fixture
def link(session):
    token = issue_setup_link(session, actor=OPERATOR)
    session.commit()
    return f"/setup/{token}"


def test_the_link_makes_an_administrator_who_is_signed_in(visitor, session, link):
    answer = visitor.submit(link, **FIRST)

    assert (answer.status_code, answer.location) == (303, "/")
    ada = session.scalars(select(User)).one()
    assert ada.has_role("admin")
    assert (ada.username, ada.has_password) == ("ada", True)
    assert "ada" in answer.follow().text


def test_everything_about_the_first_administrator_is_recorded(visitor, session, link):
    visitor.submit(link, **FIRST)

    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    actions = ["user:created", "role:assigned", "setup-link:used", "user:signed-in"]
    assert [event.action for event in events] == ["setup-link:issued", *actions]
    assert {event.actor_name for event in events[1:]} == {"ada"}
    assert FIRST["password"] not in str([event.after for event in events])


def test_the_page_is_gone_once_there_is_an_administrator(visitor, session, link, ada):
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, **FIRST).status_code == 404
    assert visitor.get("/setup/anything").status_code == 404
    assert session.scalar(select(func.count(User.id))) == 1


def test_an_administrator_without_a_password_does_not_count(visitor, person, link):
    person("nora", roles=["admin"], password_hash="hashed_password_here")

    assert visitor.get(link).status_code == 200


def test_the_link_expires_after_an_hour(visitor, session, link):
    page = visitor.get(link)
    assert page.status_code == 200

    session.execute(update(OneTimeLink).values(expires_at=utcnow() - timedelta(seconds=1)))

    assert "has expired or was already used" in visitor.get(link).text
    assert page.submit(**FIRST).status_code == 404
    assert session.scalar(select(func.count(User.id))) == 0


def test_a_newer_link_replaces_the_older(visitor, session, link):
    newer = issue_setup_link(session, actor=OPERATOR)

    assert visitor.get(link).status_code == 404
    assert visitor.get(f"/setup/{newer}").status_code == 200


def test_two_at_once_make_one_administrator(app, session, link):
    names = ("ada", "eve")
    browsers = [Browser(app.test_client()) for _ in names]
    pages = [browser.get(link) for browser in browsers]

    def send(page, name):
        fields = FIRST | {"username": name, "email": f"{name}@example.org"}
        return page.submit(**fields).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(send, pages, names))

    assert sorted(answers) == [303, 404]
    assert session.scalar(select(func.count(User.id))) == 1
    assert session.scalar(select(func.count(ConsoleSession.id))) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": ""}, "Enter a user name."),
        ({"username": "a\0b"}, "The user name contains"),
        ({"username": "ada@example.org"}, "The user name contains “@”"),
        ({"email": "nobody"}, "The email address is not valid."),
        ({"email": ""}, "Enter an email address."),
        ({"password": "short"}, "The password has 5 characters"),
        ({"password": "p" * 300}, "The password has 300 characters"),
        ({"password": "1qaz2wsx3edc"}, "The password is a common one"),
        ({"password": "ada@example.org"}, "The password is the e-mail address"),
    ],
)
def test_an_error_is_shown_beside_its_field(visitor, session, link, fields, sentence):
    answer = visitor.submit(link, **(FIRST | fields))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalar(select(func.count(User.id))) == 0
    assert visitor.get(link).status_code == 200


@pytest.mark.parametrize("fields", [{}, {"username": ["a", "b"]}, {"is_active": "", "id": "7"}])
def test_a_form_without_its_fields_creates_no_user(visitor, session, link, fields):
    assert visitor.post(link, **fields).status_code == 422
    assert session.scalar(select(func.count(User.id))) == 0


@pytest.mark.parametrize("token", ["x", "%00", "%ED%A0%80", "%FF", "x" * 3000, "..", "'--"])
def test_an_unknown_link_costs_no_hash(visitor, session, token, monkeypatch):
    hashed = []
    monkeypatch.setattr(argon2.PasswordHasher, "hash", lambda *secret: hashed.append(secret))

    assert visitor.get(f"/setup/{token}").status_code == 404
    assert visitor.post(f"/setup/{token}", **FIRST).status_code == 404
    assert hashed == []


def test_the_session_that_the_browser_had_ends(sign_in, omar, link, session):
    browser = sign_in(omar)

    browser.submit(link, **FIRST)

    assert omar.id not in session.scalars(select(ConsoleSession.user_id)).all()
