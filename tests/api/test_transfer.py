"""Transfer files by the API: exported, compared, reviewed and imported as on the pages."""

import pytest

from app.domain.transfer import Part
from tests.support.contents import events

PATH = "/transfer-file"
UPDATE = "document:update"


@pytest.fixture
def api(program, ada):
    return program(ada)


@pytest.fixture
def file(api):
    """The exported file with another value, another role and another assignment."""
    content = api.get(PATH).json
    for setting in content["settings"]:
        if setting["key"] == "chunk_size":
            setting["value"] = "1200"
    content["roles"].append({"name": "support", "permissions": [UPDATE]})
    return content


def outcomes(answer):
    assert answer.status_code == 200, answer.text
    lines = answer.json["items"]
    return {(line["part"], line["name"]): line["outcome"] for line in lines}


def test_the_file_is_that_of_the_page(api, sign_in, session, ada):
    whole = api.get(PATH)
    [event] = [event for event in events(session) if event.action == "transfer:exported"]
    chosen = {f"with_{part}": True for part in Part}
    page = sign_in(ada).submit("/transfer/export", **chosen, format="json")

    assert whole.json == page.response.json
    assert event.after == {"parts": [part.value for part in Part], "format": "json"}
    assert set(api.get(f"{PATH}?parts=roles,settings").json) == {"format", "roles", "settings"}
    unknown = api.get(f"{PATH}?parts=users")
    assert (unknown.status_code, unknown.json["errors"][0]["parameter"]) == (400, "parts")


def test_a_file_holds_the_parts_that_the_caller_may_see(program, person, omar):
    api = program(person("rita", permissions=["settings:read"]))

    assert set(api.get(PATH).json) == {"format", "settings", "rules", "relations", "categories"}
    assert api.get(f"{PATH}?parts=roles").status_code == 403
    assert program(omar).get(PATH).status_code == 403


def test_a_file_is_reviewed_and_imported_as_reviewed(api, file, session):
    review = api.send("POST", f"{PATH}/review", {"file": file, "reason": "Release 12."})
    changed = {name: each for name, each in outcomes(review).items() if each != "unchanged"}
    assert changed == {("settings", "chunk_size"): "change", ("roles", "support"): "add"}
    [line] = [line for line in review.json["items"] if line["outcome"] == "change"]
    assert (line["before"], line["after"]) == ("1000", "1200")
    assert api.get("/settings/chunk_size").json["value"] == 1000
    body = {"file": file, "reason": "Release 12.", "reviewed": review.headers["ETag"].strip('"')}
    api.change("PUT", "/settings/chunk_size", {"value": 1100})

    outdated = api.send("POST", PATH, body)
    assert (outdated.status_code, outdated.json["type"].split(":")[-1]) == (409, "review-outdated")
    again = api.send("POST", f"{PATH}/review", {"file": file}).headers["ETag"].strip('"')
    assert api.send("POST", PATH, body | {"reviewed": again}).status_code == 200
    assert api.get("/settings/chunk_size").json["value"] == 1200
    assert api.get("/roles/support").json["permissions"] == [UPDATE]
    assert {event.reason for event in events(session)[-2:]} == {"Release 12."}
    unchanged = api.send("POST", f"{PATH}/review", {"file": file})
    assert set(outcomes(unchanged).values()) == {"unchanged"}


def test_differences_are_for_who_may_look(api, program, person, file):
    reader = program(person("rita", permissions=["settings:read"]))
    settings = {"format": file["format"], "settings": file["settings"]}

    compared = reader.send("POST", f"{PATH}/compare", {"file": settings})

    assert outcomes(compared) == {("settings", "chunk_size"): "change"}
    assert reader.send("POST", f"{PATH}/compare", {"file": file}).status_code == 403
    assert reader.send("POST", f"{PATH}/review", {"file": settings}).status_code == 403
    assert reader.send("POST", PATH, {"file": settings}).status_code == 403


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "content", [{}, {"format": "other/1"}, {"format": "rag-fortress-console/1", "settings": [1]}]
)
def test_what_is_no_transfer_file_is_refused_at_its_field(api, content):
    for path in (f"{PATH}/compare", f"{PATH}/review", PATH):
        answer = api.send("POST", path, {"file": content})
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json["errors"]} == {"#/file"}


def test_a_refused_value_is_not_repeated(api, session):
    key = {"key": "team_api_key", "data_type": "string", "value": "sk-very-secret-4711"}
    content = {"format": "rag-fortress-console/1", "settings": [key]}

    answers = [api.send("POST", path, {"file": content}) for path in (f"{PATH}/review", PATH)]

    for answer in answers:
        assert outcomes(answer)["settings", "team_api_key"] == "refused"
        assert "sk-very" not in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("setting", [{"key": "llm_api_key", "value": ["sk-very"]}, "sk-very"])
def test_a_mistake_is_told_by_its_place_alone(api, setting):
    content = {"format": "rag-fortress-console/2", "settings": [setting]}

    for path in (f"{PATH}/compare", f"{PATH}/review", PATH):
        answer = api.send("POST", path, {"file": content})
        assert answer.status_code == 422
        assert "settings[0]" in answer.json["detail"]
        assert "sk-very" not in answer.text


def test_a_review_and_an_import_tell_how_many_people_they_affect(api, vera):
    roles = [{"name": "viewer", "permissions": ["audit:read"]}]
    file = {"format": "rag-fortress-console/2", "roles": roles}
    impact = {
        "gain": {"people": 1, "permissions": ["audit:read"]},
        "lose": {"people": 1, "permissions": ["document:read"]},
    }

    review = api.send("POST", f"{PATH}/review", {"file": file}).json
    assert (review["impact"], review["orphaned"]) == (impact, ["document:read"])
    assert api.send("POST", PATH, {"file": file}).json["impact"] == impact
    again = api.send("POST", PATH, {"file": file}).json["impact"]
    assert [side["people"] for side in again.values()] == [0, 0]
