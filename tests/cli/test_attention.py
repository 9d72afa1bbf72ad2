"""``flask attention``: warnings of the overview, put aside and taken up by command."""

import json

import pytest

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.target import Target
from tests.support.contents import events

TITLE = "1 active user has no role"


@pytest.fixture
def listed(flask, ada, omar):
    """Returns the findings by their topic, with somebody who has no role."""

    def listed():
        lines = flask("attention", "list", "--json").out.splitlines()
        return {found["topic"]: found for found in map(json.loads, lines)}

    return listed


def test_a_warning_is_put_aside_with_a_reason_and_taken_up(flask, listed, session):
    assert (listed()["users"]["state"], listed()["users"]["title"]) == ("warning", TITLE)

    done = flask("attention", "put-aside", "users", "--reason", "Omar only reads")

    assert (done.code, done.err) == (0, f"Put aside for 30 days: {TITLE}.\n")
    found = listed()["users"]
    assert (found["state"], found["reason"]) == ("put aside", "Omar only reads")
    assert f"ok       users: {TITLE}: put aside by {found['by']}." in flask("doctor").out
    assert f"put aside until {found['until'][:10]}" in flask("attention", "list").out

    done = flask("attention", "take-up", "users", "--reason", "Changed my mind")

    assert done.err == f"Shown again: {TITLE}.\n"
    assert listed()["users"]["state"] == "warning"
    recorded = [(event.action, event.reason) for event in events(session)]
    assert recorded[-2:] == [
        ("finding:put-aside", "Omar only reads"),
        ("finding:taken-up", "Changed my mind"),
    ]


def test_a_reason_is_needed_to_put_a_warning_aside(flask, listed):
    done = flask("attention", "put-aside", "users")

    assert (done.code, done.err) == (
        1,
        "Error: Enter a reason: others will not see this finding.\n",
    )
    assert listed()["users"]["state"] == "warning"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("put-aside", "debug", "--reason", "x"), 1, "No warning has the topic debug."),
        (("take-up", "users"), 1, "No warning with the topic users is put aside."),
        (("put-aside", "nothing"), 2, "'nothing' is not one of"),
    ],
)
def test_what_is_not_there_is_refused(flask, listed, arguments, code, sentence):
    done = flask("attention", *arguments)

    assert done.code == code
    assert sentence in done.err


def test_what_is_good_to_know_is_listed_and_not_put_aside(flask, listed):
    found = next(each for each in listed().values() if each["state"] == "good to know")

    done = flask("attention", "put-aside", found["topic"], "--reason", "x")

    assert done.err == f"Error: No warning has the topic {found['topic']}.\n"
    assert f"{found['title']}. {found['cause']}" in flask("attention", "list").out


def test_failed_sign_ins_are_a_finding_of_commands_too(flask, listed, session, vera):
    actor, target = Actor(ActorKind.PERSON, "vera", vera.id), Target.of_user(vera)
    for _ in range(10):
        audit.record(session, "sign-in:failed", target, actor=actor)

    assert listed()["failed-sign-ins"]["title"] == "10 failed sign-ins since yesterday"
    assert "10 failed sign-ins since yesterday" in flask("doctor").out
