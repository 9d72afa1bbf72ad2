"""All settings as of a time in the API."""

from urllib.parse import quote

import pytest

from app.models.base import utcnow
from tests.support.contents import events

ONE = "/settings/chunk_size"


@pytest.fixture
def before(program, ada):
    """The time before a setting was changed, one created and one deleted."""
    api = program(ada)
    new = {"key": "team.colour", "data_type": "string", "value": "blue"}
    path = api.send("POST", "/settings", new).headers["Location"]
    moment = utcnow().isoformat()
    api.change("PUT", ONE, {"value": 900})
    api.change("DELETE", path)
    api.send("POST", "/settings", new | {"key": "team.name"})
    return moment


def by_key(answer):
    return {one["key"]: one for one in answer.json["items"]}


def test_settings_are_compared_with_those_of_a_time(program, ada, before, statements):
    api = program(ada)
    api.get(ONE)

    with statements.at_most(6):
        answer = api.get(f"/past-settings?at={quote(before)}")

    found = by_key(answer)
    assert found["chunk_size"] == {
        "key": "chunk_size",
        "existed": True,
        "text": "1000",
        "existed_later": True,
        "later_text": "900",
        "is_secret": False,
        "differs": True,
        "why_not_restored": "",
    }
    assert (found["team.colour"]["text"], found["team.colour"]["existed_later"]) == ("blue", False)
    assert (found["team.name"]["existed"], found["team.name"]["later_text"]) == (False, "blue")
    assert {key for key, one in found.items() if one["differs"]} == {
        *("chunk_size", "team.colour", "team.name"),
    }
    assert answer.json["record_begins"]
    same = by_key(api.get(f"/past-settings?at={quote(before)}&to={quote(before)}"))
    assert not any(one["differs"] for one in same.values())


def restoring(api, moment, *keys, etag=None, **fields):
    """Restore settings as a program does that has read how they were."""
    etag = etag or api.get(f"/past-settings?at={quote(moment)}").headers["ETag"]
    body = {"at": moment, "keys": list(keys), **fields}
    return api.send("POST", "/past-settings/restore", body, If_Match=etag)


def test_values_of_a_time_and_deleted_settings_are_restored_in_one_save(
    program, session, ada, before, statements
):
    api = program(ada)

    with statements.at_most(35):
        answer = restoring(api, before, "chunk_size", "team.colour", reason="As it was.")

    assert answer.status_code == 200, answer.text
    assert {one["key"]: one["value"] for one in answer.json["items"]} == {
        "chunk_size": 1000,
        "team.colour": "blue",
    }
    assert {(event.action, event.reason) for event in events(session)[-2:]} == {
        ("setting:changed", "As it was."),
        ("setting:restored", "As it was."),
    }


def test_what_has_changed_since_it_was_read_is_not_restored(program, ada, before):
    api = program(ada)
    etag = api.get(f"/past-settings?at={quote(before)}").headers["ETag"]
    api.change("PUT", ONE, {"value": 901})

    assert restoring(api, before, "chunk_size", etag=etag).status_code == 412
    assert api.get(ONE).json["value"] == 901
    assert restoring(api, before, "chunk_size", etag="*").status_code == 200
    body = {"at": before, "keys": ["chunk_size"]}
    assert api.send("POST", "/past-settings/restore", body).status_code == 428


def test_what_cannot_be_restored_is_refused_with_the_reason(program, session, ada, before):
    api = program(ada)

    new = restoring(api, before, "chunk_size", "team.name")
    assert (new.status_code, new.json["detail"]) == (
        *(409, "team.name cannot be restored. Did not exist."),
    )
    assert events(session)[-1].action == "change:refused"
    assert restoring(api, before, "nothing").status_code == 404
    api.change("PUT", f"{ONE}/rule", {"schema": {"maximum": 950}})
    broken = restoring(api, before, "chunk_size")
    assert (broken.status_code, broken.json["errors"][0]["pointer"]) == (422, "#/keys")
    assert api.get(ONE).json["value"] == 900


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"at": "yesterday", "keys": ["chunk_size"]}, "#/at"),
        ({"at": "2026-11-27T14:00Z", "keys": []}, "#/keys"),
        ({"at": "2026-11-27T14:00Z", "keys": ["chunk_size"], "reason": "x" * 501}, "#/reason"),
        ({"keys": ["chunk_size"]}, "#"),
    ],
)
def test_a_body_that_is_not_valid_restores_nothing(program, ada, body, pointer):
    answer = program(ada).send("POST", "/past-settings/restore", body, If_Match="*")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_restoring_needs_the_permissions_of_what_it_does(program, session, person, before):
    reader = program(person("rita", permissions=["settings:read", "audit:read"]))
    writer = program(person("wim", permissions=["settings:read", "settings:update"]))

    assert restoring(reader, before, "chunk_size").status_code == 403
    assert events(session)[-1].action == "permission:denied"
    refused = restoring(writer, before, "chunk_size", "team.colour")
    assert (refused.status_code, refused.json["detail"]) == (
        *(403, "You need the permission settings:create for this."),
    )
    assert restoring(writer, before, "chunk_size").status_code == 200


def test_secrets_of_the_past_are_hidden(program, session, ada, before):
    api = program(ada)
    api.send("PUT", f"{ONE}/secret", If_Match="*")

    answer = api.get(f"/past-settings?at={quote(before)}")

    found = by_key(answer)["chunk_size"]
    assert (found["text"], found["later_text"], found["is_secret"]) == (None, None, True)


@pytest.mark.parametrize(
    "query", ["", "?at=yesterday", "?at=2026-11-27T14:00", "?at=2026-11-27T14:00Z&to=x", "?when=1"]
)
@pytest.mark.only_on("sqlite")
def test_a_time_that_is_none_is_refused(program, ada, query):
    answer = program(ada).get(f"/past-settings{query}")

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["errors"][0]["parameter"] in {"at", "to", "when"}


def test_the_past_is_for_who_may_see_histories(program, session, person):
    reader = program(person("rita", permissions=["settings:read"]))

    assert reader.get("/past-settings?at=2026-11-27T14:00Z").status_code == 403
    assert events(session)[-1].action == "permission:denied"
