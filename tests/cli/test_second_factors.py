"""``flask users reset-second-factor``, and second factors in ``flask doctor``."""

import pytest
from sqlalchemy import select

from app.domain.authentication import second_factor
from app.models import ConsoleSession
from tests.cli.conftest import ACTOR
from tests.support.contents import recorded
from tests.support.second_factors import set_up

pytestmark = pytest.mark.only_on("sqlite")
RESET = ("users", "reset-second-factor", "vera", "--reason", "Lost her phone.")


def test_a_reset_removes_it_ends_the_sessions_and_is_recorded(app, flask, sign_in, session, vera):
    set_up(session, vera, app.config["SECRET_KEY"])
    sign_in(vera)

    done = flask(*RESET)

    assert (done.code, done.err) == (0, "vera has no second factor any more.\n")
    assert second_factor.find(session, vera.id) is None
    assert session.scalars(select(ConsoleSession)).all() == []
    [event] = recorded(session)
    assert (event.action, event.actor_name, event.target_id, event.reason) == (
        *("second-factor:reset", ACTOR, vera.id),
        "Lost her phone.",
    )
    assert flask(*RESET).code == 1


def test_a_second_factor_that_is_being_set_up_is_none(app, flask, sign_in, session, vera):
    second_factor.begin(session, vera.id, (app.config["SECRET_KEY"],))
    sign_in(vera)

    done = flask(*RESET)

    assert (done.code, "vera has no second factor." in done.err) == (1, True)
    assert len(session.scalars(select(ConsoleSession)).all()) == 1


def test_doctor_tells_of_keys_that_no_secret_key_decrypts(flask, session, vera):
    set_up(session, vera, "another secret key, of 32 bytes or more")

    assert "The keys of 1 second factor are encrypted by another SECRET_KEY" in flask("doctor").out
