"""Paths: whatever a user, a role or a setting is named, its path is that of nothing else."""

import re
from collections import defaultdict
from urllib.parse import quote

import pytest

from app.api.names import PARTS
from app.models import ApplicationSetting, Role
from tests.support.contents import events

PATHS = [
    *("/settings//chunk_size", "//settings/chunk_size", "/settings///chunk_size/state"),
    *("/roles//viewer", "/users//vera/roles"),
]
NAMED = {"named": "ada", "row": "1"}


def test_no_name_is_the_path_of_something_else(app):
    methods = defaultdict(set)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = re.sub(r"<(\w+):\w+>", lambda found: NAMED[found[1]], rule.rule)
            methods[path] |= rule.methods
    adapter = app.url_map.bind("console.example")

    found = {path: set(adapter.allowed_methods(path)) for path in methods}

    assert len(found) > 30
    assert {path: found[path] - own for path, own in methods.items() if found[path] - own} == {}


@pytest.mark.parametrize("part", [*PARTS, "permissions/x", "history/members", ""])
@pytest.mark.only_on("sqlite")
def test_a_slash_of_a_name_is_told_from_that_of_a_path(program, session, ada, person, part):
    name = f"ops/{part}"
    session.add_all([Role(name=name), Role(name="ops"), ApplicationSetting(key=name, value="7")])
    session.commit()
    person(name)
    api, written = program(ada), name.replace("/", "~1")

    assert api.get(f"/roles/{written}").json["name"] == name
    assert api.get(f"/users/{written}").json["username"] == name
    assert api.get(f"/settings/{written}").json["key"] == name
    assert api.get(f"/roles/{written}/members").json["items"] == []
    assert api.get("/roles/ops/members").json["items"] == []
    done = api.send("PUT", f"/users/ada/roles/{written}", {}, If_Match="*")
    assert (done.status_code, name in done.json["roles"]) == (200, True)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", ["a/history", "~1", "~0~", "100%2f", "/x", "a//b"])
def test_a_new_role_is_where_its_answer_says(program, session, ada, name):
    api = program(ada)

    place = api.send("POST", "/roles", {"name": name}).headers["Location"]

    assert place.endswith(quote(name.replace("~", "~0").replace("/", "~1"), safe=""))
    assert api.get(place).json["name"] == name
    assert api.send("DELETE", place, {}, If_Match="*").status_code == 204
    assert events(session)[-1].target == name


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.only_on("sqlite")
def test_slashes_too_many_lead_nowhere(program, session, ada, vera, path):
    for method in ("GET", "DELETE"):
        answer = program(ada).send(method, path, {} if method == "DELETE" else None, If_Match="*")

        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert "Location" not in answer.headers


def test_a_key_that_begins_with_a_slash_has_a_path_of_its_own(program, session, ada):
    session.add(ApplicationSetting(key="/chunk_size", value="7", data_type="integer"))
    session.commit()
    api = program(ada)

    assert api.get("/settings/~1chunk_size").json["value"] == 7
    assert api.get("/settings/chunk_size").json["value"] == 1000
    assert api.get("/settings//chunk_size").status_code == 404
