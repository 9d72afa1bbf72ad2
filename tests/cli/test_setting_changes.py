import json

import pytest

from app.domain import settings
from app.domain.settings import BulkSettingEdit, SettingEdit
from tests.support.contents import events
from tests.support.people import OPERATOR

pytestmark = pytest.mark.only_on("sqlite")


def history(flask, key):
    return [
        json.loads(line) for line in flask("settings", "history", key, "--json").out.splitlines()
    ]


def test_a_setting_is_created_deleted_and_restored(flask, session):
    made = flask("settings", "create", "top_k", "7", "--type", "integer", "--reason", "Search")
    flask("settings", "delete", "top_k")

    assert made.code == 0
    assert [
        json.loads(line)["key"] for line in flask("settings", "deleted", "--json").out.splitlines()
    ] == ["top_k"]
    assert "top_k" in flask("settings", "deleted").out
    assert flask("settings", "restore", "top_k").code == 0
    assert settings.by_key(session, "top_k").value == "7"
    created = [event for event in events(session) if event.action == "setting:created"]
    assert [event.reason for event in created] == ["Search"]


def test_the_history_leads_to_undo(flask, session):
    flask("settings", "set", "chunk_size", "777")
    [line] = history(flask, "chunk_size")

    assert (line["before"], line["after"]) == ("1000", "777")
    assert "1000" in flask("settings", "history", "chunk_size").out
    assert flask("settings", "undo", str(line["event"])).code == 0
    assert settings.by_key(session, "chunk_size").value == "1000"


def test_undo_names_what_of_a_save_stays(flask, session):
    size, overlap = (settings.by_key(session, f"chunk_{name}") for name in ("size", "overlap"))
    edits = {
        size.id: SettingEdit("900", settings.etag_of(size)),
        overlap.id: SettingEdit("100", settings.etag_of(overlap)),
    }
    [event, _] = settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR)
    session.commit()
    flask("settings", "set", "chunk_size", "950")

    done = flask("settings", "undo", str(event.id))

    assert (done.code, done.err.splitlines()) == (
        0,
        ["Undid the change of chunk_overlap.", "Left as it is: chunk_size: Has changed since."],
    )


def test_no_secret_is_an_argument_or_printed(flask):
    assert flask("settings", "create", "my_api_key", "hunter2").code == 2
    flask("settings", "create", "my_api_key")

    assert history(flask, "my_api_key")[0]["after"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "chunk_size", "1"), "already exists"),
        (("create", "Top K", "1"), "A key starts with a lowercase letter"),
        (("delete", "no_such"), "There is no setting named no_such."),
        (("restore", "no_such"), "There is no deleted setting named no_such."),
        (("undo", "999999"), "does not exist"),
    ],
)
def test_what_a_rule_forbids_is_told(flask, arguments, sentence):
    done = flask("settings", *arguments)

    assert done.code == 1
    assert sentence in done.err


def test_an_unusual_setting_is_created_if_it_is_meant(flask):
    flask("settings", "add-relation", "reranked < chunk_size", "--severity", "warn")
    unusual = ("settings", "create", "reranked", "5000", "--type", "integer")

    refused = flask(*unusual)

    assert refused.code == 1
    assert "If it is meant, add --anyway." in refused.err
    assert flask(*unusual, "--anyway").err == "Created reranked.\n"
