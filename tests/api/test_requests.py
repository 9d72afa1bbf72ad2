"""Requests to the API: whose token, what document describes them, and errors as problems."""

import re

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from app.api.described import ALWAYS, answers_of, path_of
from app.api.endpoint import ENDPOINTS
from app.domain import users
from app.domain.permissions import PermissionCode
from tests.support.api import Program
from tests.support.contents import digests, events
from tests.support.people import OPERATOR

pytestmark = pytest.mark.only_on("sqlite")
NAMES = {"key": "chunk_size", "username": "vera", "name": "viewer", "role": "viewer"}
NAMES |= {"code": "document:read"} | dict.fromkeys(("event_id", "relation_id", "session_id"), "1")
OPEN = {"/api/v1/openapi.json", "/api/v1/docs"}


def path_to(one):
    return re.sub(r"\{(\w+)\}", lambda name: NAMES[name[1]], path_of(one))


@pytest.mark.parametrize("token", ["", "rfc_wrong", "x" * 55])
def test_without_a_token_that_works_everything_is_refused(app, session, vera, token):
    stranger = Program(app.test_client(), token)
    before = digests(session.get_bind())

    for one in ENDPOINTS:
        answer = stranger.send(one.method, path_to(one), {} if one.takes else None)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    assert digests(session.get_bind()) == before


def test_a_session_of_a_browser_is_no_token(sign_in, ada):
    assert sign_in(ada).get("/api/v1/settings").status_code == 401


def test_whoever_lacks_the_permission_is_denied_everywhere(program, session, omar, vera):
    api = program(omar)
    before = digests(session.get_bind())

    for one in ENDPOINTS:
        answer = api.send(one.method, path_to(one), {} if one.takes else None, If_Match="*")
        assert answer.status_code == 403, one
        assert (one.read or one.needs[0]) in answer.json["detail"]

    assert digests(session.get_bind()) == before
    assert [event.action for event in events(session)].count("permission:denied") == len(ENDPOINTS)


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_one_permission_lets_in(program, person, vera, one):
    granted = {PermissionCode.USER_READ, PermissionCode.ROLE_READ, *one.needs} | {
        one.read or one.needs[0]
    }
    api = program(person("nora", permissions=granted), set(map(str, granted)))

    answer = api.send(one.method, path_to(one), {} if one.takes else None, If_Match="*")

    assert answer.status_code not in {401, 500}
    assert not (answer.status_code == 403 and "You need the permission" in answer.json["detail"])
    assert answer.status_code in {*answers_of(one), *ALWAYS}


def test_the_token_of_a_deactivated_owner_is_refused_at_once(program, session, vera):
    api = program(vera)
    assert api.get("/check?user=vera&permission=x").status_code == 403
    users.deactivate(session, vera.id, actor=OPERATOR)
    session.commit()

    assert api.get("/check?user=vera&permission=x").status_code == 401


def test_at_another_revision_the_api_says_what_to_run(program, session, vera):
    api = program(vera)
    session.execute(text("UPDATE alembic_version SET version_num = '002'"))
    session.commit()

    answer = api.get("/settings")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "The database is at revision 002" in answer.json["detail"]


def test_the_description_has_every_route_and_no_other(app, visitor):
    described = visitor.get("/api/v1/openapi.json").response.json
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("api.") and rule.rule not in OPEN
    }

    paths = described["paths"].items()
    assert {(f"/api/v1{path}", method) for path, item in paths for method in item} == routes
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for one in ENDPOINTS:
        told = described["paths"][path_of(one)][one.method.lower()]["responses"]
        assert {str(status) for status in (*answers_of(one), *ALWAYS)} == told.keys() - {"default"}


def test_the_page_tells_what_requests_take_and_how_they_are_answered(visitor):
    page = visitor.get("/api/v1/docs")

    assert all(f"{one.method} /api/v1{path_of(one)}" in page.text for one in ENDPOINTS)
    needing = [one for one in ENDPOINTS if one.has_etag and one.method != "GET"]
    assert page.text.count("Needs If-Match") == len(needing)
    assert "status (query): active, inactive or unverified" in page.text
    assert "username (body, required): text" in page.text
    assert "settings (body, required): object of objects with etag, value," in page.text
    assert "at (query, required): time" in page.text
    links = re.findall(r'href="#([\w-]+)"', page.html)
    assert "settings" in links
    assert all(f'id="{link}"' in page.html for link in links)
    assert '<a href="/">RAG Fortress console</a>' in page.html


@pytest.mark.parametrize("query", ["status", "signed_in"])
def test_choices_of_the_filters_of_users_are_described(visitor, query):
    described = visitor.get("/api/v1/openapi.json").response.json["paths"]

    for path in ("/users", "/exported-users"):
        [found] = [one for one in described[path]["get"]["parameters"] if one["name"] == query]
        assert len(found["schema"]["enum"]) == 3


def test_paths_and_methods_that_there_are_not_are_problems_too(program, visitor, ada):
    api = program(ada)

    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "", 404),
        ("PUT", "/settings", 405),
    ):
        answer = api.send(method, path)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert answer.json["detail"].startswith("The API ")
    assert "Allow" in answer.headers
    assert visitor.get("/nothing").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("sent", ['"nope"', 'W/"nope"', '"nope", "other"'])
def test_reading_another_version_is_refused_with_a_problem(program, ada, sent):
    answer = program(ada).get("/settings/chunk_size", If_Match=sent)

    assert (answer.status_code, answer.mimetype) == (412, "application/problem+json")
    assert answer.json["detail"] == "This is not the version that If-Match names."


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/users?status=foo", "status"),
        ("/users?signed_in=abc", "signed_in"),
        ("/users?sort=age", "sort"),
        ("/users?q=" + "x" * 256, "q"),
        ("/users?role=" + "x" * 256, "role"),
        ("/exported-users?status=foo", "status"),
        ("/audit?outcome=foo", "outcome"),
        ("/audit?actor=" + "x" * 256, "actor"),
        ("/settings?state=foo", "state"),
        ("/roles?differ=foo", "differ"),
        ("/roles?roles=nosuch", "roles"),
        ("/past-settings?at=foo", "at"),
        ("/transfer-file?parts=foo", "parts"),
        *(
            (f"/{collection}?after=xxx", "after")
            for collection in ("users", "settings", "roles", "permissions", "audit")
        ),
    ],
)
def test_a_mistake_in_the_query_names_its_parameter(program, ada, path, parameter):
    answer = program(ada).get(path)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]


def test_filters_of_a_body_are_named_too(program, ada):
    bulk = {"action": "deactivate", "filters": {"status": "foo"}}
    wrong = program(ada).send("POST", "/bulk-users/review", bulk)
    long = program(ada).send("POST", "/bulk-users/review", bulk | {"filters": {"q": "x" * 256}})

    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "#/filters/status")
    assert (long.status_code, long.json["errors"][0]["pointer"]) == (422, "#/filters")


def test_sentences_are_those_of_the_console(program, ada):
    large = {"reason": "x" * 1024 * 1024}
    refused = program(ada).send("PUT", "/settings/chunk_size", large, If_Match="*")
    limited = program(ada, {"settings:read"}).get("/users").json["detail"]

    assert refused.json["detail"].startswith("The body is larger than the 1,048,576 bytes")
    assert limited.endswith("user:read for this. The token is limited to other permissions.")


def test_reading_the_version_that_is_there_or_any_is_no_problem(program, ada):
    api = program(ada)
    etag = api.get("/settings/chunk_size").headers["ETag"]

    assert api.get("/settings/chunk_size", If_Match=etag).json["value"] == 1000
    assert api.get("/settings/chunk_size", If_Match="*").status_code == 200
    assert api.get("/settings/chunk_size", If_Match=etag, If_None_Match=etag).status_code == 304


@pytest.mark.parametrize("sent", ["", "  ", ","])
def test_an_empty_header_names_no_version(program, ada, sent):
    api = program(ada)

    for one in ENDPOINTS:
        if one.has_etag and one.method != "GET":
            body = {} if one.takes else None
            answer = api.send(one.method, path_to(one), body, If_Match=sent)
            wanted = 422 if one.takes and one.takes["required"] else 428
            assert answer.status_code == wanted, one.name
    assert api.get("/settings/chunk_size", If_Match=sent).status_code == 200


def test_a_problem_quotes_the_request(program, ada):
    answer = program(ada).get("/settings/nothing")

    assert answer.json == {
        "type": "urn:rag-fortress-console:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no setting named nothing.",
        "request_id": answer.headers["X-Request-Id"],
    }


def test_a_query_that_is_not_utf_8_is_not_taken_for_another(program, ada):
    answer = program(ada).get("/settings?category=%FF")

    assert (answer.status_code, answer.json["detail"]) == (400, "The query is not valid UTF-8.")
