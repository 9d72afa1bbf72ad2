"""Settings in the API as their pages show them: filtered, reviewed, and with what is found."""

import hashlib
import json
import time

import pytest

from app.models import ApplicationSetting, ReaderReport
from tests.support.contents import events


@pytest.fixture
def api(program, ada):
    return program(ada)


def keys(answer):
    assert answer.status_code == 200, answer.text
    return [each["key"] for each in answer.json["items"]]


def test_settings_are_found_with_the_filters_of_the_page(api, session, statements):
    session.add_all(
        [
            ApplicationSetting(key="team.colour", value="deep blue", data_type="string"),
            ApplicationSetting(key="team.size", value="many", data_type="integer"),
            ApplicationSetting(key="team_api_key", value="sk-blue-1", data_type="string"),
        ]
    )
    session.commit()
    api.get("/users")

    with statements.at_most(3):
        found = api.get("/settings?q=BLUE+deep")
    assert keys(found) == ["team.colour"]
    assert keys(api.get("/settings?state=invalid")) == ["team.size"]
    assert keys(api.get("/settings?state=secret&prefix=team")) == ["team_api_key"]
    assert keys(api.get("/settings?type=integer&prefix=team")) == ["team.size"]
    assert keys(api.get("/settings?q=sk-blue")) == []
    assert keys(api.get("/settings?q=team&prefix=chunk_")) == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("query", ["state=gone", "type=text", "q=" + "x" * 300])
def test_filters_that_are_not_valid_are_refused(api, query):
    assert api.get(f"/settings?{query}").status_code == 400


def body_of(api, **values):
    etags = {key: api.get(f"/settings/{key}").json["etag"] for key in values}
    return {"settings": {key: {"etag": etags[key], **sent} for key, sent in values.items()}}


@pytest.mark.only_on("sqlite")
def test_values_of_another_json_type_are_all_told_at_their_settings(api):
    body = body_of(api, chunk_size={"value": "x"}, llm_model={"value": 5}, llm_timeout={})

    for method, path in (("POST", "/setting-review"), ("PATCH", "/settings")):
        answer = api.send(method, path, body)
        assert answer.status_code == 422
        assert [(error["pointer"], error["detail"]) for error in answer.json["errors"]] == [
            ("#/settings/chunk_size", "The value is not a JSON value of the type integer."),
            ("#/settings/llm_model", "The value is not a JSON value of the type string."),
            ("#/settings/llm_timeout", "Send one of value, text and unset."),
        ]


def test_several_changes_are_reviewed_and_not_saved(api, session, statements):
    api.change("PUT", "/settings/chunk_size/rule", {"schema": {"maximum": 900}, "severity": "warn"})
    before = len(events(session))
    body = body_of(
        api,
        chunk_size={"value": 1200, "anyway": True},
        chunk_overlap={"value": 200},
    )

    with statements.at_most(6):
        review = api.send("POST", "/setting-review", body)

    [size] = review.json["items"]
    assert (size["key"], size["before"], size["after"]) == ("chunk_size", "1000", "1200")
    assert "900" in size["warning"]
    assert api.get("/settings/chunk_size").json["value"] == 1000
    assert len(events(session)) == before


def test_a_review_refuses_what_saving_would_refuse(api, session):
    bad = body_of(api, chunk_size={"value": 100}, chunk_overlap={"value": -5})

    for method, path in (("POST", "/setting-review"), ("PATCH", "/settings")):
        answer = api.send(method, path, bad)
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json["errors"]} >= {
            "#/settings/chunk_overlap",
        }
    missing = {"settings": {"no.such": {"value": 1, "etag": "x"}}}
    assert api.send("POST", "/setting-review", missing).status_code == 404
    outdated = body_of(api, chunk_size={"value": 700})
    api.change("PUT", "/settings/chunk_size", {"value": 800})
    assert api.send("POST", "/setting-review", outdated).status_code == 409


def test_reviews_are_for_who_may_change_settings(program, api, person):
    reader = program(person("rita", permissions=["settings:read"]))
    body = body_of(api, chunk_size={"value": 700})

    assert reader.send("POST", "/setting-review", body).status_code == 403
    assert reader.get("/settings/chunk_size/state").status_code == 200


def test_the_state_of_a_setting_is_that_of_its_page(api, session, statements):
    api.change("PUT", "/settings/chunk_size/rule", {"schema": {"minimum": 5000}})

    with statements.at_most(6):
        state = api.get("/settings/chunk_size/state").json

    assert "5000" in state["problem"]
    assert (state["warning"], state["programs"], state["running"]) == (None, 0, 0)
    assert (state["running_since"], state["deviations"]) == (None, [])
    assert state["why_not_deleted"] is None
    assert api.get("/settings/no.such/state").status_code == 404


def test_programs_that_run_another_value_are_told(api, session):
    now = int(time.time())
    entry = ["database", hashlib.sha256(b"900").hexdigest(), now, "900", None]
    text = json.dumps({"version": 1, "settings": {"chunk_size": entry}})
    who = {"name": "api", "instance": "api-1", "last_seen": now, "digest": ""}
    session.add(ReaderReport(**who, settings=text))
    session.commit()

    state = api.get("/settings/chunk_size/state").json

    assert (state["programs"], state["running"]) == (1, 0)
    assert state["deviations"] == ["api-1 still 900"]
    assert keys(api.get("/settings?state=differs&prefix=chunk_size")) == ["chunk_size"]
