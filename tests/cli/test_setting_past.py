import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain import settings
from app.models import ApplicationSetting, AuditEvent
from tests.support.contents import events
from tests.support.past_settings import change, delete

pytestmark = pytest.mark.only_on("sqlite")

THEN = ("settings", "past", "--at", "2020-01-01T00:00")


@pytest.fixture
def gone(session):
    setting = ApplicationSetting(key="team_colour", value="blue", data_type="string")
    session.add(setting)
    session.commit()
    change(session, setting, "red")
    delete(session, setting)
    change(session, settings.by_key(session, "chunk_size"), "777")


def test_what_differed_is_listed(flask, gone):
    lines = [json.loads(line) for line in flask(*THEN, "--json").out.splitlines()]

    assert [(one["key"], one["then"], one["now"]) for one in lines] == [
        ("chunk_size", "1000", "777"),
        ("team_colour", "blue", None),
    ]
    assert [one["exists"] for one in lines] == [True, False]
    assert "team_colour" in flask(*THEN).out


def test_the_moment_of_a_save_is_given_exactly(flask, session, gone):
    [at] = session.scalars(
        select(AuditEvent.at).where(
            AuditEvent.action == "setting:changed", AuditEvent.target_name == "chunk_size"
        )
    )
    just_before = at - timedelta(microseconds=1)

    for moment, then in ((just_before, "1000"), (at, None)):
        exact = f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
        lines = flask("settings", "past", "--at", exact, "--json").out.splitlines()
        told = {one["key"]: one["then"] for one in map(json.loads, lines)}
        assert told.get("chunk_size") == then


def test_values_and_deleted_settings_are_restored_by_one_save(flask, session, gone):
    keys = ("--restore", "team_colour", "--restore", "chunk_size")

    done = flask(*THEN, *keys, "--reason", "As it was.")

    assert done.code == 0
    assert settings.by_key(session, "team_colour").value == "blue"
    assert settings.by_key(session, "chunk_size").value == "1000"
    assert {event.reason for event in events(session)[-2:]} == {"As it was."}
    assert "No change" in flask(*THEN, "--restore", "chunk_size").err


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("no_such", "There is no setting named no_such"),
        ("odd", "odd cannot be restored. Did not exist."),
    ],
)
def test_what_cannot_be_restored_is_told(flask, gone, key, sentence):
    flask("settings", "create", "odd", "1")

    done = flask(*THEN, "--restore", key)

    assert done.code == 1
    assert sentence in done.err


def test_a_value_that_a_rule_forbids_now_is_not_restored(flask, session, gone):
    flask("settings", "rule", "chunk_size", "--minimum", "2000")

    done = flask(*THEN, "--restore", "chunk_size")

    assert (done.code, done.err) == (1, "Error: chunk_size must be at least 2000.\n")
    assert settings.by_key(session, "chunk_size").value == "777"
