"""Attempts draw on budgets: each counts, the wait grows and ends, and known browsers get in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from app.domain.authentication import throttle
from app.domain.authentication.budgets import Attempt, ThrottleLimits, client_network
from app.domain.authentication.throttle import TooManyAttempts
from app.extensions import db
from app.models import SignInBudget
from app.unit_of_work import carry_out
from tests.support.people import OPERATOR

LIMITS = ThrottleLimits(account=10, network=50, browser=5, period=timedelta(minutes=15))
ADA = Attempt("ada", "203.0.113.9")
SECRET = "a key"
PERIOD = 900_000


@pytest.fixture
def clock(monkeypatch):
    """The time in milliseconds, which stands still until a test moves it."""
    time = [1_764_000_000_000]
    monkeypatch.setattr(throttle, "_now", lambda: time[0])
    return time


def charge(attempt, limits=LIMITS):
    work = partial(throttle.charge, db.session, attempt, limits, secret=SECRET)
    return carry_out(work, actor=OPERATOR)


def admitted(attempt, times):
    """Return how many of some attempts are possible."""
    return [charge(attempt) for _ in range(times)].count(0)


def longest_wait(attempt):
    return throttle.longest_wait(db.session, attempt, LIMITS, secret=SECRET)


def give_back(attempt):
    work = partial(throttle.give_back, db.session, attempt, LIMITS, secret=SECRET)
    carry_out(work, actor=OPERATOR)


def clear(**what):
    work = partial(throttle.clear, db.session, secret=SECRET, **what)
    return carry_out(work, actor=OPERATOR)


def test_of_parallel_attempts_each_counts(app, session, clock):
    generous = replace(LIMITS, account=1000, network=1000)
    session.rollback()

    def work(number):
        with app.app_context():
            charge(Attempt(f"name{number % 2}", f"203.0.113.{number % 4}"), generous)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(64)))

    used = (SignInBudget.full_at - clock[0]) / 900
    # Two names, four networks, and four pairs of them.
    assert sorted(map(int, session.scalars(select(used)))) == [16] * 8 + [32] * 2


def test_parallel_attempts_are_let_through_as_often_as_one_after_the_other(app, session, clock):
    session.rollback()

    def work(_):
        with app.app_context():
            return charge(ADA)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(work, range(64))).count(0) == LIMITS.account


def test_the_wait_grows_with_each_refused_attempt_and_ends(session, clock):
    assert admitted(ADA, 10) == 10
    waits = [charge(ADA) for _ in range(20)]

    assert waits[:3] == [180, 270, 360]
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] == 990
    clock[0] += 989_000
    assert charge(replace(ADA, account="bob")) == 0
    clock[0] += 1_000
    assert charge(ADA) == 0


def test_a_budget_refills_evenly(session, clock):
    assert admitted(ADA, 10) == 10
    clock[0] += PERIOD // 10
    assert admitted(ADA, 2) == 1
    clock[0] += 2 * PERIOD
    assert admitted(ADA, 20) == 10


def test_a_network_is_refused_whatever_the_name(session, clock):
    names = [f"name{number}" for number in range(60)]

    waits = [charge(Attempt(name, "2001:db8::1")) for name in names]

    assert waits.count(0) == LIMITS.network
    assert charge(Attempt("another", "2001:db8::2")) > 0
    assert charge(Attempt("another", "2001:db8:0:1::1")) == 0
    assert charge(Attempt("another", "203.0.113.9")) == 0


def test_names_count_in_any_spelling_and_also_those_that_nobody_has(session, clock):
    assert [charge(Attempt(name, None)) for name in ["ada", " ADA ", "\uff41da"] * 4].count(0) == 10
    assert admitted(Attempt("nobody", None), 12) == 10
    assert admitted(Attempt("\ud800" + "x" * 300, None), 12) == 10


def test_a_flood_is_answered_without_writing_once_the_wait_is_the_longest(session, clock):
    assert longest_wait(ADA) == 0
    admitted(ADA, 15)
    assert longest_wait(ADA) == 0
    admitted(ADA, 15)

    assert longest_wait(ADA) == charge(ADA)
    assert longest_wait(Attempt("bob", ADA.address)) == 0


@pytest.mark.parametrize("device", [None, "a browser"])
def test_a_clock_that_was_ahead_keeps_nobody_out(session, clock, device):
    ahead = replace(ADA, device=device)
    charge(ahead)
    give_back(ahead)
    admitted(ahead, 40)

    clock[0] -= 24 * 3_600_000

    assert longest_wait(ahead) == 0
    assert admitted(ahead, 12) == (LIMITS.browser if device else LIMITS.account)


def test_a_node_whose_clock_is_behind_refuses_as_well(session, clock):
    admitted(ADA, 40)

    clock[0] -= PERIOD - 1

    assert longest_wait(ADA) > 0


def test_a_known_browser_has_a_small_budget_of_its_own(session, clock):
    admitted(ADA, 40)
    known = replace(ADA, device="a browser")

    assert charge(known) == 0
    assert charge(replace(known, device="another")) == 0
    assert admitted(known, 10) == LIMITS.browser - 1
    assert charge(replace(known, account="bob")) == 0


def test_success_gives_back_what_is_one_s_own(session, clock):
    attacker = replace(ADA, address="198.51.100.7")
    admitted(attacker, 9)
    assert charge(ADA) == 0

    give_back(ADA)

    assert admitted(attacker, 5) == 1
    assert admitted(replace(ADA, address="192.0.2.1"), 10) == 5
    network = [charge(Attempt(f"name{number}", ADA.address)) for number in range(60)]
    assert network.count(0) == LIMITS.network


def test_success_on_a_known_browser_fills_its_budget(session, clock):
    known = replace(ADA, device="a browser")
    admitted(known, 4)

    give_back(known)

    assert admitted(known, 10) == LIMITS.browser


def test_budgets_are_cleared_by_name_by_address_and_all(session, clock):
    others = Attempt("bob", "198.51.100.7")
    for attempt in (ADA, others, replace(others, device="a browser")):
        admitted(attempt, 12)

    assert clear(name="BOB") == 3
    assert clear(address="198.51.100.7") == 1
    assert charge(others) == 0
    assert charge(ADA) > 0
    assert clear() == 6
    assert charge(ADA) == 0


def test_full_budgets_are_forgotten(session, clock):
    admitted(ADA, 1)
    clock[0] += PERIOD // 10
    admitted(Attempt("bob", "198.51.100.7"), 1)

    throttle.forget_full(session)

    assert session.scalar(select(func.count(SignInBudget.id))) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("no address", ""),
        (None, ""),
    ],
)
def test_the_network_of_a_client(address, network):
    assert client_network(address) == network


def test_the_wait_is_told_in_minutes():
    assert str(TooManyAttempts(61)) == "Too many attempts. Try again in 2 minutes."
    assert str(TooManyAttempts(5)) == "Too many attempts. Try again in 1 minute."
