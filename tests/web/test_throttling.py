"""Attempts to sign in are limited: whoever guesses is told to wait, a known browser gets in."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import func, select, update

from app.domain.authentication import hashing, passwords, throttle
from app.domain.authentication.budgets import Attempt, ThrottleLimits
from app.domain.authentication.capacity import CapacityLimiter
from app.models import ConsoleSession, SignInBudget
from app.models.base import utcnow
from app.web.session import throttling
from tests.support.browsing import Browser
from tests.support.cookies import cookie
from tests.support.people import PASSWORD
from tests.support.second_factors import set_up

# So that only attempts with unknown names take long.
QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = QUICK.hash(PASSWORD)
LIMITS = ThrottleLimits(account=3, network=4, browser=2, period=timedelta(minutes=15))
OLD = "a former secret key " * 3
WRONG, NEW = "not hers at all", "another good password"


@pytest.fixture(autouse=True)
def limits(app, monkeypatch):
    """Small budgets, since each attempt that is possible costs a hash, and time standing still."""
    now = throttle._now()
    monkeypatch.setattr(throttle, "_now", lambda: now)
    monkeypatch.setattr(passwords, "_HASHER", QUICK)
    app.config["CONSOLE"] = replace(app.config["CONSOLE"], sign_in_limits=LIMITS)


@pytest.fixture
def vera(person):
    return person("vera", password_hash=HASH)


@pytest.fixture
def omar(person):
    return person("omar", password_hash=HASH)


@pytest.fixture
def hashes(monkeypatch):
    """The hashes against which argon2 was asked to verify a password."""
    seen, verify = [], argon2.PasswordHasher.verify
    monkeypatch.setattr(
        argon2.PasswordHasher, "verify", lambda *of: seen.append(of[1]) or verify(*of)
    )
    return seen


def guess(visitor, name="vera", password=WRONG, times=1, headers=({},), **options):
    fields = {"username": name, "password": password, "csrf_token": visitor.csrf_token()}
    answers = [
        visitor.open("/login", "POST", data=fields, headers=each, **options)
        for each in [*headers] * times
    ]
    return [answer.status_code for answer in answers]


def known(app, who):
    """Return a browser that has signed in once, and out again."""
    browser = Browser(app.test_client())
    assert browser.submit("/login", username=who.username, password=PASSWORD).status_code == 303
    browser.client.delete_cookie(cookie("console"))
    return browser


@pytest.mark.parametrize("name", ["vera", "nobody"])
def test_who_guesses_is_told_to_wait(visitor, vera, hashes, name):
    assert guess(visitor, name, times=3) == [422] * 3

    page = visitor.submit("/login", username=name, password=PASSWORD)

    assert (page.status_code, page.headers["Retry-After"]) == (429, "600")
    assert "Sign-in failed Too many attempts. Try again in 10 minutes." in page.text
    assert page.value("username") == name
    assert PASSWORD not in page.html
    assert page.headers.getlist("Set-Cookie") == []
    assert len(hashes) == 3


@pytest.mark.only_on("sqlite")
def test_the_wait_grows_and_the_page_is_the_same_for_every_name(app, visitor, vera):
    limits, answers = replace(LIMITS, network=100), []
    app.config["CONSOLE"] = replace(app.config["CONSOLE"], sign_in_limits=limits)
    for name in ("vera", "nobody"):
        guess(visitor, name, times=3)
        pages = [visitor.submit("/login", username=name, password=WRONG) for _ in range(3)]
        answers.append([(p.headers["Retry-After"], p.text.replace(name, "")) for p in pages])

    assert answers[0] == answers[1]
    assert [seconds for seconds, _ in answers[0]] == ["600", "900", "1200"]


@pytest.mark.only_on("sqlite")
def test_forged_headers_change_nothing(visitor, vera, session, hashes):
    forged = [
        {name: text.format(number) for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded")}
        for number in range(60)
        for text in [("198.51.100.{}", "for=198.51.100.{}", "2001:db8:{}::1")[number % 3]]
    ]

    assert guess(visitor, headers=forged) == [422] * 3 + [429] * 57
    assert len(hashes) == 3


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_a_forged_header_makes_no_other_network_of_one(visitor, vera, header):
    prefix = "for=" if header == "Forwarded" else ""

    answers = [
        guess(visitor, f"name{n}", headers=[{header: f"{prefix}198.51.{n}.7"}])[0] for n in range(6)
    ]

    assert answers == [422] * 4 + [429] * 2


def test_a_network_is_refused_whatever_name_is_guessed(visitor, vera):
    assert [guess(visitor, f"name{n}")[0] for n in range(6)] == [422] * 4 + [429] * 2
    assert guess(visitor, password=PASSWORD) == [429]
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert guess(visitor, password=PASSWORD, environ_overrides=elsewhere) == [303]


def test_parallel_guesses_are_no_more_than_others(app, vera, hashes, monkeypatch):
    monkeypatch.setattr(hashing, "_LIMITER", CapacityLimiter(limit=2, queue=16, timeout=60))
    pages = [Browser(app.test_client()).get("/login") for _ in range(16)]

    with ThreadPoolExecutor(16) as threads:
        sent = [threads.submit(page.submit, username="vera", password=WRONG) for page in pages]
        answers = [future.result().status_code for future in sent]

    assert sorted(answers) == [422] * 3 + [429] * 13
    assert len(hashes) == 3


def test_a_browser_that_has_signed_in_gets_in_during_a_flood(app, visitor, vera):
    hers = known(app, vera)
    assert 429 in guess(visitor, times=40)
    assert guess(visitor, "another", times=2)[-1] == 429

    assert hers.submit("/login", username="vera", password=PASSWORD).status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_known_browser_may_guess_a_little_and_only_as_its_user(app, visitor, vera, omar):
    hers = known(app, vera)
    guess(visitor, "omar", times=4)
    assert hers.submit("/login", username="omar", password=PASSWORD).status_code == 429

    answers = [hers.submit("/login", username="vera", password=WRONG) for _ in range(3)]

    assert [page.status_code for page in answers] == [422, 422, 429]
    assert guess(visitor, password=PASSWORD, environ_overrides={"REMOTE_ADDR": "10.0.0.1"}) == [303]


@pytest.mark.only_on("sqlite")
def test_a_shared_browser_knows_all_who_signed_in(app, visitor, vera, omar):
    theirs = known(app, vera)
    theirs.submit("/login", username="omar", password=PASSWORD)
    theirs.client.delete_cookie(cookie("console"))
    guess(visitor, times=5)

    assert theirs.submit("/login", username="vera", password=PASSWORD).status_code == 303


@pytest.mark.only_on("sqlite")
def test_the_device_cookie_is_out_of_reach_and_cannot_be_made(app, visitor, vera):
    cookies = visitor.submit("/login", username="vera", password=PASSWORD).headers
    [sent] = [line for line in cookies.getlist("Set-Cookie") if line.startswith("device")]
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    assert "Path=/" in sent
    value = visitor.client.get_cookie(cookie("device")).value

    other = Browser(app.test_client())
    guess(other, times=4)
    for forged in ("", "x", value[:-1], f"{value}x", value.replace(".", "..")):
        other.client.set_cookie(cookie("device"), forged)
        assert other.submit("/login", username="vera", password=PASSWORD).status_code == 429
    other.client.set_cookie(cookie("device"), value)
    assert other.submit("/login", username="vera", password=PASSWORD).status_code == 303


def test_success_gives_the_attempts_back(app, visitor, vera):
    assert guess(visitor, times=2) == [422] * 2
    assert guess(visitor, password=PASSWORD) == [303]

    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    again = guess(Browser(app.test_client()), times=4, environ_overrides=elsewhere)
    assert again == [422] * 3 + [429]


@pytest.mark.only_on("sqlite")
def test_sign_ins_with_a_code_use_up_no_network(app, person, session):
    """Each is an attempt at the password and one at the code, and both succeed."""
    for number in range(LIMITS.network + 1):
        someone = person(f"nora{number}", password_hash=HASH)
        _, codes = set_up(session, someone, app.config["SECRET_KEY"])
        asked = Browser(app.test_client()).submit(
            "/login", username=someone.username, password=PASSWORD
        )
        assert asked.follow().submit(own_code=codes[0]).status_code == 303


def test_the_password_page_draws_on_the_same_budget(app, sign_in, vera, visitor):
    guess(visitor, times=2)
    hers = sign_in(vera)
    path = "/account/password"

    assert hers.submit(path, current=WRONG, password="short").status_code == 422
    answers = [hers.submit(path, current=WRONG, password=NEW) for _ in range(2)]

    assert [page.status_code for page in answers] == [422, 429]
    assert "Too many attempts. Try again in 10 minutes." in answers[1].text
    assert answers[1].headers["Retry-After"] == "600"


@pytest.mark.only_on("sqlite")
def test_re_authentication_draws_on_the_same_budget(visitor, sign_in, person, session):
    hers = sign_in(person("ada", roles=["admin"], password_hash=HASH))
    page = hers.get("/roles/new")
    guess(visitor, "ada", times=2)
    session.execute(update(ConsoleSession).values(authenticated_at=utcnow() - timedelta(days=1)))
    session.commit()

    asked = page.submit(name="support").submit(own_password=WRONG).submit(own_password=PASSWORD)

    assert (asked.status_code, asked.headers["Retry-After"]) == (429, "600")
    assert "Too many attempts. Try again in 10 minutes." in asked.text


@pytest.mark.only_on("sqlite")
def test_who_is_sent_away_for_lack_of_capacity_loses_nothing(visitor, vera, session, monkeypatch):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0.01)
    monkeypatch.setattr(hashing, "_LIMITER", limiter)
    with ExitStack() as others:
        others.enter_context(limiter.slot())
        assert guess(visitor) == [503]

    assert session.scalar(select(func.count(SignInBudget.id))) == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "charge", [throttling.charge, lambda attempt: throttling.charged(attempt).__enter__()]
)
def test_who_has_to_wait_is_told_so_before_anything_is_written(
    app, visitor, vera, monkeypatch, charge
):
    assert guess(visitor, times=11)[-1] == 429
    monkeypatch.setattr(throttling, "_charge", lambda _: pytest.fail("Something is written."))

    with app.test_request_context(), pytest.raises(throttle.TooManyAttempts):
        charge(Attempt("vera", "127.0.0.1"))


@pytest.mark.only_on("sqlite")
def test_a_form_whose_session_has_ended_asks_for_no_more_attempts(visitor, sign_in, person):
    ada = person("ada", roles=["admin"], password_hash=HASH)
    page = sign_in(ada).get("/settings/1")
    guess(visitor, "ada", times=3)
    page.browser.client.delete_cookie(cookie("console"))
    asked = page.submit("edit", value="1001")

    answer = asked.submit(username="ada", password=PASSWORD)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert answer.value("value") == "1001"
