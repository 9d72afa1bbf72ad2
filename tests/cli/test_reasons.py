"""Reasons given to commands, in the record of changes."""

import json

import pytest
from sqlalchemy import select

from app.models import AuditEvent

WHY = "Ticket 7"


@pytest.fixture
def reason_of(session):
    """Returns the reason of the only event with an action."""

    def reason_of(action):
        query = select(AuditEvent.reason).where(AuditEvent.action == action)
        return session.scalars(query).one()

    return reason_of


def test_the_reason_for_a_token_and_for_its_end_is_recorded(flask, reason_of, vera):
    flask("tokens", "create", "vera", "ci", "--reason", WHY)
    token = json.loads(flask("tokens", "list", "--json").out)
    flask("tokens", "revoke", str(token["id"]), "--reason", f"{WHY}.")

    assert reason_of("token:created") == WHY
    assert reason_of("token:revoked") == f"{WHY}."


def test_the_reason_to_end_one_session_or_all_is_recorded(flask, reason_of, sign_in, vera):
    sign_in(vera)
    sign_in(vera)
    first = json.loads(flask("users", "sessions", "vera", "--json").out.splitlines()[0])

    flask("users", "end-sessions", "vera", "--session", str(first["id"]), "--reason", WHY)
    flask("users", "end-sessions", "vera", "--reason", f"{WHY}.")

    assert reason_of("session:ended") == WHY
    assert reason_of("sessions:ended") == f"{WHY}."


def test_the_reason_to_try_a_webhook_and_to_send_again_is_recorded(flask, reason_of):
    flask("webhooks", "add", "listener", "https://listener.example/")
    webhook = json.loads(flask("webhooks", "list", "--json").out)
    flask("webhooks", "test", str(webhook["id"]), "--reason", WHY)
    delivery = json.loads(flask("webhooks", "deliveries", str(webhook["id"]), "--json").out)
    flask("webhooks", "again", str(delivery["id"]), "--reason", f"{WHY}.")

    assert reason_of("webhook:tested") == WHY
    assert reason_of("webhook:redelivered") == f"{WHY}."


@pytest.mark.only_on("sqlite")
def test_a_reason_that_is_too_long_refuses_the_token(flask, vera):
    done = flask("tokens", "create", "vera", "ci", "--reason", "x" * 501)

    assert (done.code, done.err) == (
        1,
        "Error: The reason is 501 characters long; at most 500 fit. Shorten it.\n",
    )
    assert flask("tokens", "list", "--json").out == ""
