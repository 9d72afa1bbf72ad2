"""Passwords are hashed and compared a few at once, and no transaction is open meanwhile."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from app.domain.authentication import hashing, one_time_links
from app.domain.authentication.capacity import CapacityLimiter
from app.domain.sign_in import issue_setup_link
from app.extensions import db
from app.models import ConsoleSession
from tests.support import quick_hashes
from tests.support.browsing import Browser
from tests.support.contents import digests, recorded
from tests.support.people import OPERATOR, PASSWORD

NEW = "another good password"


@pytest.fixture
def transactions(monkeypatch):
    """For each time that argon2 is at work, whether a transaction of the console is open."""
    seen = []
    compute = hashing.computed

    def watched(*arguments):
        seen.append(db.session().in_transaction())
        return compute(*arguments)

    monkeypatch.setattr(hashing, "computed", watched)
    return seen


@pytest.mark.only_on("sqlite")
@pytest.mark.skipif(sys.platform != "linux", reason="Priorities of threads are Linux's.")
def test_pages_come_before_passwords(visitor, vera, monkeypatch):
    verify, seen = PasswordHasher.verify, []

    def watched(*arguments):
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return verify(*arguments)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    # The tests hash without giving way.
    monkeypatch.setattr(hashing, "NICENESS", 10)
    monkeypatch.setattr(hashing, "_thread", cache(hashing._thread.__wrapped__))
    visitor.submit("/login", username="vera", password=PASSWORD)

    assert seen == [max(os.getpriority(os.PRIO_PROCESS, 0), hashing.NICENESS)]
    assert os.getpriority(os.PRIO_PROCESS, 0) < hashing.NICENESS


def test_at_signing_in(visitor, vera, transactions):
    assert visitor.submit("/login", username="vera", password=PASSWORD).status_code == 303
    assert transactions == [False]


def test_at_signing_in_with_a_hash_that_is_made_anew(visitor, person, transactions):
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    person("nora", password_hash=weaker)
    transactions.clear()

    assert visitor.submit("/login", username="nora", password=PASSWORD).status_code == 303
    assert transactions == [False, False]


def test_at_setting_up(visitor, session, transactions):
    token = issue_setup_link(session, actor=OPERATOR)
    first = {"username": "ada", "email": "ada@example.org", "password": NEW}

    assert visitor.submit(f"/setup/{token}", **first).status_code == 303
    assert transactions == [False]


def test_at_choosing_a_password(visitor, session, vera, transactions):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)

    assert visitor.submit(f"/reset/{token}", password=NEW).status_code == 303
    assert transactions == [False]


def test_at_changing_one_s_own(sign_in, vera, transactions):
    changed = sign_in(vera).submit("/account/password", current=PASSWORD, password=NEW)

    assert changed.status_code == 303
    assert transactions == [False, False]


@pytest.fixture
def crowd(monkeypatch):
    """Others, by whom every place is held and nobody else is let wait for long."""
    limiter = CapacityLimiter(limit=1, queue=1, timeout=0.01)
    monkeypatch.setattr(hashing, "_LIMITER", limiter)
    with ExitStack() as others:
        others.enter_context(limiter.slot())
        yield others


def assert_sent_away(page):
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Too many people are signing in" in page.text
    assert "Nothing was changed. Try again in a few seconds." in page.text
    assert page.headers["X-Request-Id"] in page.text
    assert page.headers.getlist("Set-Cookie") == []


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("name", ["vera", "nobody"])
@pytest.mark.parametrize("password", [PASSWORD, "not hers at all"])
def test_where_too_many_sign_in_nothing_is_said_of_the_password(
    visitor, vera, session, name, password
):
    page = visitor.submit("/login", username=name, password=password)

    assert_sent_away(page)
    assert "wrong" not in page.text
    assert not recorded(session) + session.scalars(select(ConsoleSession)).all()


def test_who_was_sent_away_signs_in_a_moment_later_and_gets_where_they_wanted(visitor, vera, crowd):
    asked = visitor.get("/account/theme?from=here").follow()
    page = asked.submit(username="vera", password=PASSWORD)
    assert_sent_away(page)

    crowd.close()
    answer = visitor.submit(page.link("Back to the form"), username="vera", password=PASSWORD)

    assert answer.location == "/account/theme?from=here"


@pytest.mark.usefixtures("crowd")
def test_whoever_is_signed_in_stays_so_where_too_many_sign_in(sign_in, vera):
    browser = sign_in(vera)

    assert_sent_away(browser.post("/login", username="vera", password=PASSWORD))
    assert browser.get("/account").status_code == 200


@pytest.fixture(params=["set up", "reset", "change"])
def interface(request, visitor, session, sign_in):
    """Sets a password by each of the pages on which one is hashed."""
    if request.param == "set up":
        path = f"/setup/{issue_setup_link(session, actor=OPERATOR)}"
        return lambda: visitor.submit(path, username="ada", email="a@example.org", password=NEW)
    vera = request.getfixturevalue("vera")
    if request.param == "change":
        browser = sign_in(vera)
        return lambda: browser.submit("/account/password", current=PASSWORD, password=NEW)
    path = f"/reset/{one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)}"
    return lambda: visitor.submit(path, password=NEW)


def test_by_every_interface_nothing_is_changed_where_there_are_too_many(interface, crowd, session):
    session.commit()
    before, events = digests(session.get_bind()), recorded(session)

    assert_sent_away(interface())

    assert digests(session.get_bind()) == before
    assert recorded(session) == events
    crowd.close()
    assert interface().status_code == 303


@pytest.mark.only_on("postgresql")
def test_eight_who_sign_in_at_once_are_hashed_for_one_after_the_other(app, vera, monkeypatch):
    monkeypatch.setattr(hashing, "_LIMITER", CapacityLimiter(limit=1, queue=7, timeout=60))
    alone, crowded = threading.Lock(), []
    with quick_hashes.suspended():
        verify = PasswordHasher.verify  # It has to take so long that two would meet.

    def watched(*arguments):
        crowded.append(not alone.acquire(blocking=False))
        try:
            return verify(*arguments)
        finally:
            if not crowded[-1]:
                alone.release()

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    pages = [Browser(app.test_client()).get("/login") for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(page.submit, username="vera", password=PASSWORD) for page in pages]
        answers = [future.result().status_code for future in sent]

    assert answers == [303] * 8
    assert crowded == [False] * 8
    db.session.rollback()
    assert db.session.scalar(select(func.count(ConsoleSession.id))) == 8
