"""``flask users clear-throttle``: by name, by address and all; never by guesswork."""

import pytest

from app.domain.authentication import throttle
from app.domain.authentication.budgets import Attempt
from tests.cli.conftest import ACTOR
from tests.support.contents import recorded

HERS = Attempt("vera@example.org", "203.0.113.9")


@pytest.fixture
def is_refused(app, session):
    """Tells whether an attempt is refused; it is charged."""
    configuration = app.config["CONSOLE"]
    limits, secret = configuration.sign_in_limits, configuration.secret_key

    def is_refused(attempt, times=1):
        waits = [throttle.charge(session, attempt, limits, secret=secret) for _ in range(times)]
        session.commit()
        return waits[-1] > 0

    return is_refused


def test_a_user_may_try_again_by_name_and_address(flask, vera, is_refused, session):
    assert is_refused(HERS, 11)
    assert is_refused(Attempt("vera", None), 11)

    done = flask("users", "clear-throttle", "VERA", "--reason", "She called.")

    assert (done.code, done.out, done.err) == (0, "", "Cleared 4 budgets of attempts to sign in.\n")
    assert not is_refused(HERS)
    [event] = recorded(session)
    assert (event.action, event.target_name) == ("throttle:cleared", "vera")
    assert (event.actor_name, event.reason) == (ACTOR, "She called.")


@pytest.mark.parametrize("arguments", [["--address", HERS.address], ["--all"]])
def test_a_network_may_try_again(flask, is_refused, arguments):
    for number in range(51):
        is_refused(Attempt(f"name{number}", HERS.address))
    assert is_refused(HERS)

    assert flask("users", "clear-throttle", *arguments).code == 0

    assert not is_refused(HERS)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give a name, --address or --all: one of them."),
        (["vera", "--all"], "Give a name, --address or --all: one of them."),
        (["--address", "10.0.0.0/8"], "--address must be an address, such as 203.0.113.9"),
        (["--all", "--reason", "x" * 501], "is 501 characters long"),
    ],
)
def test_whatever_else_is_asked_for_clears_nothing(flask, session, arguments, sentence):
    done = flask("users", "clear-throttle", *arguments)

    assert done.code in {1, 2}
    assert sentence in done.err
    assert recorded(session) == []


@pytest.mark.only_on("sqlite")
def test_without_the_key_of_the_server_names_cannot_be_looked_up(process):
    keyless = {"CONSOLE_ENV": "production", "SECRET_KEY": ""}
    done = process("users", "clear-throttle", "vera", environ=keyless)

    assert (done.code, done.out) == (2, "")
    assert "SECRET_KEY is not set" in done.err
