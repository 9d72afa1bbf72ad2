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
    moment = quote(utcnow().isoformat())
    api.change("PUT", ONE, {"value": 900})
    api.change("DELETE", path)
    api.send("POST", "/settings", new | {"key": "team.name"})
    return moment


def by_key(answer):
    return {one["key"]: one for one in answer.json["items"]}


def test_settings_are_compared_with_those_of_a_time(program, ada, before, statements):
    api = program(ada)
    api.get(ONE)

    with statements.at_most(5):
        answer = api.get(f"/past-settings?at={before}")

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
    same = by_key(api.get(f"/past-settings?at={before}&to={before}"))
    assert not any(one["differs"] for one in same.values())


def test_the_values_of_a_time_are_restored_in_one_save(program, ada, before):
    api = program(ada)
    found = by_key(api.get(f"/past-settings?at={before}"))["chunk_size"]
    etag = api.get(ONE).json["etag"]

    body = {"settings": {"chunk_size": {"text": found["text"], "etag": etag}}}
    assert api.send("PATCH", "/settings", body).json["items"][0]["value"] == 1000


def test_secrets_of_the_past_are_hidden(program, session, ada, before):
    api = program(ada)
    api.send("PUT", f"{ONE}/secret", If_Match="*")

    answer = api.get(f"/past-settings?at={before}")

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
