"""Settings in the API: read typed, changed under If-Match, refused as on the pages."""

import pytest
from sqlalchemy import select

from app.domain.settings import key_listing
from app.models import ApplicationSetting
from settings_reader.values import typed
from tests.support.contents import events

ONE = "/settings/chunk_size"


def stored(session, key="chunk_size"):
    session.expire_all()
    return session.scalar(select(ApplicationSetting.value).where(ApplicationSetting.key == key))


def typed_or_none(text, data_type):
    try:
        return typed(text, data_type)
    except ValueError:
        return None


def test_a_setting_has_a_typed_value_and_takes_three_statements(program, vera, ada, statements):
    api = program(ada)
    api.get(ONE)

    with statements.at_most(3):
        answer = api.get(ONE)

    assert answer.json["value"] == 1000
    assert answer.json["text"] == "1000"
    assert api.get("/settings/debug_mode").json["value"] is False
    assert api.get("/settings/cors_allow_origins").json["value"] == ["http://localhost:3000"]
    assert program(vera).get(ONE).status_code == 403


@pytest.mark.parametrize(
    ("data_type", "text", "value"),
    [
        ("boolean", "yes", True),
        ("boolean", "1", True),
        ("boolean", "OFF", False),
        ("integer", "0587", 587),
        ("integer", " 42\n", 42),
        ("float", ".5", 0.5),
        ("float", "5.", 5.0),
        ("json", ' {"a": [1]}', {"a": [1]}),
        ("unheard-of", "1", "1"),
        ("boolean", "perhaps", None),
        ("float", "1_0", None),
    ],
)
def test_the_value_is_what_programs_read_in_the_text(program, session, ada, data_type, text, value):
    session.add(ApplicationSetting(key="stored.past", value=text, data_type=data_type))
    session.commit()

    one = program(ada).get("/settings/stored.past").json

    assert (one["value"], type(one["value"])) == (value, type(value))
    assert (one["text"], one["is_set"]) == (text, True)
    assert typed_or_none(text, data_type) == value


def test_a_value_is_replaced_and_the_change_is_recorded(program, session, ada):
    answer = program(ada).change("PUT", ONE, {"value": 900, "reason": "Longer chunks."})

    assert (answer.status_code, answer.json["value"], stored(session)) == (200, 900, "900")
    event = events(session)[-1]
    assert (event.action, event.actor, event.reason) == (
        *("setting:changed", "ada"),
        "Longer chunks.",
    )


def test_a_change_needs_the_etag_of_what_was_read(program, session, ada):
    api = program(ada)
    before = api.get(ONE).headers["ETag"]

    assert api.send("PUT", ONE, {"value": 900}).status_code == 428
    assert api.send("PUT", ONE, {"value": 900}, If_Match=before).status_code == 200
    stale = api.send("PUT", ONE, {"value": 1100}, If_Match=before)

    assert (stale.status_code, stale.mimetype) == (412, "application/problem+json")
    assert stored(session) == "900"
    assert api.send("PUT", ONE, {"value": 1100}, If_Match="*").status_code == 200
    weak = api.get(ONE).headers["ETag"]
    assert api.send("PUT", ONE, {"value": 1}, If_Match=f"W/{weak}").status_code == 412


@pytest.mark.only_on("sqlite")
def test_what_was_read_already_is_not_sent_again(program, ada):
    api = program(ada)
    etag = api.get(ONE).headers["ETag"]

    assert api.get(ONE, If_None_Match=etag).status_code == 304
    assert api.get(ONE, If_None_Match='"another"').status_code == 200


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"value": "900"}, 422, "#/value"),
        ({"value": True}, 422, "#/value"),
        ({"value": -1}, 422, "#/value"),
        ({"value": 900, "text": "900"}, 422, "#/value"),
        ({}, 422, "#/value"),
        ({"vallue": 900}, 422, "#"),
        ({"value": 900, "reason": "x" * 501}, 422, "#/reason"),
        ([900], 422, "#"),
    ],
)
def test_a_body_that_is_not_valid_is_refused_at_its_field(
    program, session, ada, body, status, pointer
):
    answer = program(ada).change("PUT", ONE, body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (status, pointer)
    assert stored(session) == "1000"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b'{"value": 1, "value": 2}', "application/json", 400),
        (b'{"value": NaN}', "application/json", 400),
        (b'{"value": 9223372036854775808}', "application/json", 400),
        (b'{"value": ' + b"[" * 40, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"value=900", "application/x-www-form-urlencoded", 415),
        (b'{"value": "' + b"x" * 1024 * 1024 + b'"}', "application/json", 413),
    ],
)
def test_bodies_are_read_strictly(program, ada, data, kind, status):
    api = program(ada)
    headers = {"Authorization": f"Bearer {api.token}", "If-Match": "*"}

    answer = api.client.put(f"/api/v1{ONE}", data=data, content_type=kind, headers=headers)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_read_only_setting_is_refused_by_the_name_of_the_rule(program, session, ada):
    answer = program(ada).change("PUT", "/settings/app_environment", {"value": "test"})

    assert answer.status_code == 409
    assert answer.json["type"].endswith("setting-is-read-only")
    assert "Marked read-only" in answer.json["detail"]
    assert events(session)[-1].action == "change:refused"


def test_a_setting_is_created_unset_and_deleted(program, session, ada):
    api = program(ada)
    new = {"key": "team.colour", "data_type": "string", "value": "blue", "category": "team"}

    created = api.send("POST", "/settings", new)
    path = created.headers["Location"]
    unset = api.change("PUT", path, {"unset": True})

    assert (created.status_code, created.json["value"]) == (201, "blue")
    assert (unset.json["value"], unset.json["is_set"]) == (None, False)
    assert api.send("POST", "/settings", new).json["errors"][0]["pointer"] == "#/key"
    assert api.change("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404
    actions = [each["action"] for each in api.get(f"{path}/history").json["items"]]
    assert actions == ["setting:deleted", "setting:changed", "setting:created"]


def test_several_are_changed_together_or_not_at_all(program, session, ada):
    api = program(ada)
    etags = {
        key: api.get(f"/settings/{key}").json["etag"] for key in ("chunk_size", "chunk_overlap")
    }
    good = {
        "chunk_size": {"value": 1100, "etag": etags["chunk_size"]},
        "chunk_overlap": {"value": 150, "etag": etags["chunk_overlap"]},
    }
    bad = good | {"chunk_overlap": {"value": -5, "etag": etags["chunk_overlap"]}}

    refused = api.send("PATCH", "/settings", {"settings": bad})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "#/settings/chunk_overlap"
    assert stored(session) == "1000"

    saved = api.send("PATCH", "/settings", {"settings": good, "reason": "Longer."})
    assert [each["value"] for each in saved.json["items"]] == [150, 1100]
    assert api.send("PATCH", "/settings", {"settings": bad}).status_code == 409


def test_the_list_is_filtered_and_paged_by_key(program, session, ada, monkeypatch):
    monkeypatch.setattr(key_listing, "SIZE", 50)
    session.add_all(
        ApplicationSetting(key=f"a{number:03}", value="1", category="many") for number in range(60)
    )
    session.commit()
    api = program(ada)

    first = api.get("/settings?category=many").json
    second = api.get(first["next"]).json

    keys = [each["key"] for each in [*first["items"], *second["items"]]]
    assert keys == [f"a{number:03}" for number in range(60)]
    assert second["next"] is None
    assert len(api.get("/settings?prefix=chunk_").json["items"]) == 2
    assert api.get("/settings?changed_since=2999-01-01T00:00:00Z").json["items"] == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "query", ["colour=red", "prefix=a&prefix=b", "changed_since=yesterday", "after=nowhere"]
)
def test_a_query_that_is_not_possible_is_refused(program, ada, query):
    answer = program(ada).get(f"/settings?{query}")

    assert answer.status_code in {400, 422}


def test_five_hundred_settings_are_one_page_in_two_statements(program, session, ada, statements):
    session.add_all(ApplicationSetting(key=f"a{number:03}") for number in range(499))
    session.add(ApplicationSetting(key="a499", value='{"password": "sesame"}', data_type="json"))
    session.commit()
    api = program(ada)

    with statements.at_most(2):
        listed = api.get("/settings").json["items"]

    assert len(listed) == 500
    for key in ("a000", "a499"):
        [line] = [each for each in listed if each["key"] == key]
        assert line == api.get(f"/settings/{key}").json
    assert "sesame" not in str(listed)


def test_no_answer_holds_a_secret(program, session, ada):
    row = ApplicationSetting(key="other_api_key", value="sk-very-secret", data_type="string")
    session.add(row)
    session.commit()
    api = program(ada)

    one = api.get("/settings/other_api_key")

    assert (one.json["value"], one.json["is_set"], one.json["is_secret"]) == (None, True, True)
    for path in (
        "/settings",
        "/settings/other_api_key",
        "/settings/other_api_key/history",
        "/audit",
    ):
        assert "very-secret" not in api.get(path).text
    assert "very-secret" not in one.text
