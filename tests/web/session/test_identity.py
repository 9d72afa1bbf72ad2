"""The session of a request: its cookie, its limits, and its cost."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.models import ConsoleSession
from app.models.base import utcnow
from tests.support.cookies import cookie
from tests.support.people import PASSWORD

ENDINGS = {
    "deactivated": "UPDATE users SET is_active = FALSE WHERE id = :user",
    "given another password": "UPDATE users SET password_hash = 'another' WHERE id = :user",
    "deleted": "DELETE FROM users WHERE id = :user",
    "without a row of the session": "DELETE FROM console_sessions WHERE user_id = :user",
}


def age(session, **moments):
    session.execute(update(ConsoleSession).values(**moments))
    session.commit()


@pytest.mark.parametrize("change", ENDINGS.values(), ids=ENDINGS)
def test_a_change_by_another_program_ends_the_session(sign_in, vera, session, change):
    browser = sign_in(vera)
    assert browser.get("/account").status_code == 200

    session.execute(text(change), {"user": vera.id})
    answer = browser.get("/account")

    assert (answer.status_code, answer.location) == (303, "/login?next=/account")
    assert browser.client.get_cookie(cookie("console")) is None


@pytest.mark.parametrize(
    ("column", "lasts"),
    [("last_seen_at", timedelta(minutes=30)), ("created_at", timedelta(hours=12))],
)
def test_a_session_ends_by_itself(sign_in, vera, session, column, lasts):
    browser = sign_in(vera)
    age(session, **{column: utcnow() - lasts + timedelta(minutes=1)})
    assert browser.get("/account").status_code == 200

    age(session, **{column: utcnow() - lasts})
    assert browser.get("/account").status_code == 303


def test_a_user_has_at_most_ten_sessions(sign_in, vera, omar, session):
    other = sign_in(omar)
    browsers = [sign_in(vera) for _ in range(11)]

    assert [browser.get("/account").status_code for browser in browsers] == [303] + [200] * 10
    assert other.get("/account").status_code == 200


def test_a_form_sent_after_the_session_has_ended_changes_nothing(sign_in, vera, session):
    browser = sign_in(vera)
    page = browser.get("/account/password")
    before = vera.password_hash
    session.execute(text("DELETE FROM console_sessions"))

    answer = page.submit(current=PASSWORD, password="quite another password")

    assert (answer.status_code, answer.location) == (303, "/login?next=/account/password")
    assert vera.password_hash == before


def test_a_session_is_identified_in_one_statement(sign_in, vera, statements):
    browser = sign_in(vera)

    with statements.at_most(1):
        assert browser.get("/account/theme").status_code == 200


def test_use_is_noted_once_a_minute(sign_in, vera, session):
    browser = sign_in(vera)
    long_ago, just_now = utcnow() - timedelta(minutes=2), utcnow() - timedelta(seconds=50)

    age(session, last_seen_at=just_now)
    browser.get("/account")
    assert session.scalars(select(ConsoleSession.last_seen_at)).one() == just_now

    age(session, last_seen_at=long_ago)
    browser.get("/account")
    assert utcnow() - session.scalars(select(ConsoleSession.last_seen_at)).one() < timedelta(
        seconds=30
    )


@pytest.mark.only_on("sqlite")
def test_a_busy_file_delays_no_page(sign_in, vera, session, database):
    browser = sign_in(vera)
    long_ago = utcnow() - timedelta(minutes=2)
    age(session, last_seen_at=long_ago)

    with database.engine().connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert browser.get("/account/theme").status_code == 200
        assert time.monotonic() - started < 2
        other.rollback()

    assert session.scalars(select(ConsoleSession.last_seen_at)).one() == long_ago
    browser.post("/account/theme", theme="dark")
    assert session.scalars(select(ConsoleSession.last_seen_at)).one() > long_ago


@pytest.mark.only_on("sqlite")
def test_a_connection_waits_again_after_it_did_not(sign_in, vera, session, app):
    age(session, last_seen_at=utcnow() - timedelta(minutes=2))
    browser = sign_in(vera)
    age(session, last_seen_at=utcnow() - timedelta(minutes=2))
    browser.get("/account")

    session.commit()
    assert session.scalar(text("PRAGMA busy_timeout")) == 5000


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "\xff\xfe", "a\xc3\x28", '"\\377"'])
def test_an_unknown_cookie_is_not_a_session(visitor, cookie):
    answer = visitor.open("/account", environ_overrides={"HTTP_COOKIE": f"console={cookie}"})

    assert (answer.status_code, answer.location) == (303, "/login?next=/account")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("column", "ago", "left"),
    [
        ("last_seen_at", timedelta(seconds=50), 1750),
        # The request is noted as a use.
        ("last_seen_at", timedelta(minutes=10), 1800),
        ("created_at", timedelta(hours=11, minutes=59), 60),
    ],
)
def test_a_page_says_how_long_its_session_lasts(sign_in, vera, session, column, ago, left):
    browser = sign_in(vera)
    age(session, **{column: utcnow() - ago})

    said = int(re.search(r'data-ends="(\d+)"', browser.get("/account").html)[1])

    assert left - 10 < said <= left
