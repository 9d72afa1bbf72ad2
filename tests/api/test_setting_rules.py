"""Rules, relations and needed reasons in the API."""

import pytest

from tests.support.contents import events

ONE = "/settings/chunk_size"
RULE = f"{ONE}/rule"
LIMITS = {"minimum": 100, "maximum": 4000}


@pytest.fixture
def api(program, ada):
    return program(ada)


@pytest.fixture
def reader(program, person):
    """A program that may only look at settings."""
    return program(person("rita", permissions=["settings:read"]))


@pytest.fixture
def relation(api):
    """The path of a relation."""
    body = {"expression": "chunk_overlap * 2 < chunk_size", "message": "Overlap less."}
    answer = api.send("POST", "/relations", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def test_a_rule_is_read_changed_and_removed(api, session, statements):
    body = {"schema": LIMITS, "unit": "characters", "severity": "warn", "reason": "Measured."}
    with statements.at_most(20):
        answer = api.change("PUT", RULE, body)

    assert (answer.status_code, answer.json) == (
        200,
        {
            "schema": LIMITS,
            "unit": "characters",
            "severity": "warn",
            "requires_reason": False,
            "words": "From 100 to 4000, in characters; only warns",
            "broken": [],
            "etag": answer.headers["ETag"].strip('"'),
        },
    )
    assert (events(session)[-1].action, events(session)[-1].reason) == (
        *("setting:rule-changed", "Measured."),
    )
    read = api.get(RULE)
    assert answer.json == read.json | {"broken": []}
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert api.change("DELETE", RULE).status_code == 204
    assert (api.get(RULE).json["schema"], api.get(RULE).json["unit"]) == (None, "")


def test_a_rule_says_what_the_stored_value_breaks_and_then_refuses_such_values(api):
    answer = api.change("PUT", RULE, {"schema": {"minimum": 5000}})

    [broken] = answer.json["broken"]
    assert "5000" in broken
    [listed] = [one for one in api.get("/rules").json["items"] if one["key"] == "chunk_size"]
    assert listed["broken"][0] == broken.rstrip(".")
    refused = api.change("PUT", ONE, {"value": 4999})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/value")
    api.change("PUT", RULE, {"schema": {"minimum": 5000}, "severity": "warn"})
    assert api.change("PUT", ONE, {"value": 4999}).status_code == 422
    assert api.change("PUT", ONE, {"value": 4999, "anyway": True}).status_code == 200


def test_a_long_schema_is_counted_without_the_spaces_that_the_console_adds(api):
    schema = {"not": {"enum": list(range(1900))}}

    saved = api.change("PUT", RULE, {"schema": schema})

    assert saved.status_code == 200
    assert api.get(RULE).json["schema"] == schema
    much = api.change("PUT", RULE, {"schema": {"enum": list(range(3000))}})
    assert (much.status_code, much.json["errors"][0]["pointer"]) == (422, "#/schema")


def test_a_needed_reason_is_asked_for(api):
    api.change("PUT", RULE, {"requires_reason": True})

    refused = api.change("PUT", ONE, {"value": 900})

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/reason")
    assert api.change("PUT", ONE, {"value": 900, "reason": "Measured."}).status_code == 200
    assert api.change("DELETE", RULE).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"schema": {"minimum": "one"}}, "#/schema"),
        ({"schema": {"$ref": "#"}}, "#/schema"),
        ({"schema": [1]}, "#/schema"),
        ({"unit": "x" * 31}, "#/unit"),
        ({"severity": "ignore"}, "#/severity"),
        ({"reason": "x" * 501}, "#/reason"),
        ({"minimum": 1}, "#"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_a_rule_that_is_not_valid_is_refused_at_its_field(api, body, pointer):
    answer = api.change("PUT", RULE, body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_relation_is_added_changed_and_removed(api, relation, session, statements):
    read = api.get(relation)
    assert (read.json["expression"], read.json["message"]) == (
        *("chunk_overlap * 2 < chunk_size", "Overlap less."),
    )
    with statements.at_most(24):
        body = {"expression": "chunk_overlap * 8 < chunk_size", "reason": "Tighter."}
        changed = api.send("PUT", relation, body, If_Match=read.headers["ETag"])
    assert changed.json["message"] == ""
    assert changed.json["broken"]
    assert api.get(relation).headers["ETag"] == changed.headers["ETag"]
    listed = api.get("/relations").json["items"][-1]
    assert (listed["id"], bool(listed["broken"])) == (changed.json["id"], True)
    assert api.change("DELETE", relation, {"reason": "Too tight."}).status_code == 204
    assert api.get(relation).status_code == 404
    assert [(event.action, event.reason) for event in events(session)[-3:]] == [
        ("relation:added", ""),
        ("relation:changed", "Tighter."),
        ("relation:removed", "Too tight."),
    ]


def test_a_rule_is_reviewed_before_it_is_saved(api, session, statements):
    body = {"schema": {"minimum": 5000}, "unit": "characters", "reason": "Measured."}
    api.get(RULE)

    with statements.at_most(6):
        review = api.send("POST", f"{RULE}-review", body)
    [broken] = review.json["broken"]
    assert "5000" in broken
    assert (review.json["words"], review.json["needs_reason"]) == (
        *("At least 5000, in characters", False),
    )
    assert events(session)[-1].action == "token:created"
    api.change("PUT", ONE, {"value": 1200})
    reviewed = body | {"reviewed": review.headers["ETag"].strip('"')}
    outdated = api.change("PUT", RULE, reviewed)
    assert (outdated.status_code, outdated.json["type"].split(":")[-1]) == (412, "review-outdated")
    again = api.send("POST", f"{RULE}-review", body).headers["ETag"].strip('"')
    assert api.change("PUT", RULE, body | {"reviewed": again}).json["broken"]


def test_a_relation_is_reviewed_before_it_is_saved(api, relation, session, statements):
    body = {"expression": "chunk_overlap * 8 < chunk_size + no_such_key", "severity": "warn"}
    before = api.get(relation).json

    with statements.at_most(8):
        review = api.send("POST", f"{relation}/review", body)
    assert review.json == body | {
        "message": "",
        "broken": [],
        "missing": ["no_such_key"],
        "secret": [],
        "unchecked": [],
        "needs_reason": False,
    }
    new = api.send("POST", "/relations/review", {"expression": "chunk_overlap * 8 < chunk_size"})
    assert len(new.json["broken"]) == 2
    assert api.get(relation).json == before
    assert events(session)[-1].action == "relation:added"
    reviewed = {"reviewed": review.headers["ETag"].strip('"')}
    assert api.change("PUT", relation, body | reviewed).status_code == 200
    other = api.send("POST", "/relations", {"expression": "chunk_size < 9000"} | reviewed)
    assert (other.status_code, other.json["type"].split(":")[-1]) == (409, "review-outdated")


def test_reviews_refuse_what_saving_would_refuse(api, relation, reader):
    same = api.get(relation).json["expression"]

    for path, body, field in (
        (f"{RULE}-review", {"schema": {"minimum": "one"}}, "schema"),
        ("/relations/review", {"expression": same}, "expression"),
        (f"{relation}/review", {"expression": "chunk_overlap <"}, "expression"),
    ):
        answer = api.send("POST", path, body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"#/{field}")
        assert reader.send("POST", path, body).status_code == 403
    assert api.send("POST", "/relations/99999/review", {"expression": "1 < 2"}).status_code == 404
    assert api.send("POST", "/settings/no.such/rule-review", {}).status_code == 404


def test_relations_that_cannot_be_read_or_exist_already_are_refused(api, relation):
    same = api.get(relation).json["expression"]

    for expression in ("chunk_overlap <", "", same):
        answer = api.send("POST", "/relations", {"expression": expression})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/expression")


def test_categories_say_whether_they_need_a_reason(api, session):
    category = api.get(ONE).json["category"]
    answer = api.change("PUT", "/categories", {"requires_reason": [category], "reason": "Audit."})

    flags = {one["name"]: one["requires_reason"] for one in answer.json["items"]}
    assert [name for name, is_flagged in flags.items() if is_flagged] == [category]
    assert (events(session)[-1].action, events(session)[-1].reason) == (
        *("category:flagged", "Audit."),
    )
    assert api.change("PUT", ONE, {"value": 900}).json["errors"][0]["pointer"] == "#/reason"
    unknown = api.change("PUT", "/categories", {"requires_reason": ["nothing"]})
    assert (unknown.status_code, unknown.json["detail"]) == (
        *(422, "There is no category named nothing."),
    )
    assert unknown.json["errors"][0]["pointer"] == "#/requires_reason"


def test_rules_need_the_permission_and_the_present_version(api, reader, relation, session):
    other = {"requires_reason": ["llm"]}
    changes = [
        ("PUT", RULE, {"unit": "MB"}),
        ("DELETE", RULE, {}),
        ("PUT", relation, {"expression": "chunk_overlap < 1"}),
        ("DELETE", relation, {}),
        ("PUT", "/categories", other),
    ]
    for method, path, body in changes:
        assert reader.get(path).status_code == 200
        assert api.send(method, path, body).status_code == 428
        stale = api.send(method, path, body, If_Match='"stale"')
        assert (stale.status_code, stale.mimetype) == (412, "application/problem+json")
        assert reader.send(method, path, body, If_Match="*").status_code == 403
        assert events(session)[-1].action == "permission:denied"
    assert reader.send("POST", "/relations", {"expression": "chunk_size > 1"}).status_code == 403
    assert api.send("PUT", "/settings/nothing/rule", {}, If_Match="*").status_code == 404


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("chunk_size", "0", "chunk_size must be at least 1."),
        ("chunk_overlap", "5000", "chunk_overlap must be less than chunk_size: chunk_overlap is"),
        ("max_document_size", "300 mega", "max_document_size must be a size such as 100MB"),
        ("log_level", "DEBG", "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    ],
)
def test_a_value_that_breaks_its_rule_is_refused_at_its_field_everywhere(api, key, text, sentence):
    sent = {"text": text, "etag": api.get(f"/settings/{key}").json["etag"]}
    file = {"format": "rag-fortress-console/2", "settings": [{"key": key, "value": text}]}

    alone = api.change("PUT", f"/settings/{key}", {"text": text})
    several = api.send("PATCH", "/settings", {"settings": {key: sent}})
    review = api.send("POST", "/setting-review", {"settings": {key: sent}})
    imported = api.send("POST", "/transfer-file/review", {"file": file})

    for answer, pointer in ((alone, "#/text"), (several, f"#/settings/{key}"), (review, "#/setti")):
        assert answer.status_code == 422
        [mistake] = answer.json["errors"]
        assert mistake["pointer"].startswith(pointer)
        assert mistake["detail"].startswith(sentence)
    [line] = [line for line in imported.json["items"] if line["name"] == key]
    assert line["outcome"] == "refused"
    assert line["reason"].startswith(sentence)
