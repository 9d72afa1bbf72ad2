"""Roles and permissions in the API: paged, reviewed, and changed several at once."""

import pytest
from sqlalchemy import insert

from app.domain import paging
from app.models import Permission, Role
from tests.support.contents import digests, events

UPDATE, READ = "document:update", "document:read"


@pytest.fixture
def editors(session):
    """A role without permissions."""
    session.add(Role(name="editors"))
    session.commit()


def sent(api, **permissions):
    """Return the body that gives roles permissions, each with the etag that it has now."""
    etags = {name: api.get(f"/roles/{name}").json["etag"] for name in permissions}
    return {
        "roles": {
            name: {"etag": etags[name], "permissions": codes} for name, codes in permissions.items()
        }
    }


def test_several_roles_are_changed_as_reviewed_or_none(program, session, ada, vera, editors):
    api = program(ada)
    body = sent(api, viewer=[], editors=[READ, UPDATE])

    review = api.send("POST", "/role-review", body)
    [viewing, editing] = review.json["items"]
    assert (editing["granted"], editing["gaining"]) == ([READ, UPDATE], {"count": 0, "users": []})
    assert READ in viewing["revoked"]
    assert viewing["losing"] == {"count": 1, "users": ["vera"]}
    reviewed = {"reviewed": review.headers["ETag"].strip('"')}
    assert api.send("DELETE", "/users/vera/roles/viewer", If_Match="*").status_code == 200
    outdated = api.send("PATCH", "/roles", body | reviewed)
    assert (outdated.status_code, outdated.json["type"].split(":")[-1]) == (409, "review-outdated")

    done = api.send("PATCH", "/roles", body | {"reason": "New teams."})
    assert {each["name"]: each["permissions"] for each in done.json["items"]} == {
        "viewer": [],
        "editors": [READ, UPDATE],
    }
    assert {event.reason for event in events(session)[-2:]} == {"New teams."}
    stale = api.send("PATCH", "/roles", body)
    assert stale.status_code == 409
    assert stale.json["detail"].startswith("This has changed since you read it.")
    assert sorted(error["pointer"] for error in stale.json["errors"]) == [
        *("#/roles/editors", "#/roles/viewer"),
    ]


def test_names_of_users_are_for_who_may_see_users(program, person, vera):
    codes = ["role:read", "role:update", READ, "settings:read"]
    api = program(person("rosa", permissions=codes))

    people = api.send("POST", "/role-review", sent(api, viewer=[])).json["items"][0]["losing"]

    assert people == {"count": 1, "users": []}


@pytest.mark.only_on("sqlite")
def test_mistakes_in_the_matrix_name_their_place(program, session, ada):
    api = program(ada)
    before = digests(session.get_bind())
    wrong = {"etag": "x", "permissions": [READ, "no:such"]}

    answer = api.send("PATCH", "/roles", {"roles": {"viewer": wrong, "nosuch": wrong}})

    assert answer.status_code == 422
    assert sorted(error["pointer"] for error in answer.json["errors"]) == [
        "#/roles/nosuch",
        "#/roles/nosuch/permissions/1",
        "#/roles/viewer/permissions/1",
    ]
    assert api.send("PATCH", "/roles", {"roles": {}}).status_code == 422
    assert digests(session.get_bind()) == before


def test_a_permission_that_does_not_exist_is_told(program, ada):
    api, path = program(ada), "/roles/viewer/permissions"
    before = api.get("/roles/viewer").json["permissions"]

    for method in ("PUT", "DELETE"):
        answer = api.send(method, f"{path}/no:such", {}, If_Match="*")
        assert answer.status_code == 404
        assert answer.json["detail"] == "This permission does not exist."
    unknown = api.send("PUT", path, {"permissions": [*before, "no:such"]}, If_Match="*")
    assert unknown.status_code == 422
    assert "There is no permission no:such." in unknown.text

    assert api.get("/roles/viewer").json["permissions"] == before


def test_nobody_grants_what_they_do_not_have(program, person, editors):
    codes = ["role:read", "role:update", READ]
    api = program(person("rosa", permissions=codes))

    answer = api.send("PATCH", "/roles", sent(api, editors=[READ, UPDATE]))

    assert (answer.status_code, answer.json["detail"]) == (
        403,
        "You do not have document:update, so you cannot grant it.",
    )


def test_roles_and_permissions_are_paged_in_few_statements(program, session, ada, statements):
    names = [f"team{number:03}" for number in range(paging.SIZE + 10)]
    session.execute(insert(Role), [{"name": name} for name in names])
    codes = [{"code": f"tool{number:03}:use"} for number in range(paging.SIZE + 10)]
    split = [{**row, "resource": row["code"][:7], "action": "use"} for row in codes]
    session.execute(insert(Permission), split)
    session.commit()
    api = program(ada)
    api.get("/users")

    with statements.at_most(3):
        first = api.get("/roles").json
    found = [each["name"] for each in first["items"]]
    found += [each["name"] for each in api.get(first["next"]).json["items"]]
    assert found == ["admin", *names, "user", "viewer"]
    assert api.get(f"{first['next']}&x=1").status_code == 400
    assert api.get("/roles?after=wrong").status_code == 400
    with statements.at_most(2):
        first = api.get("/permissions").json
    rest = api.get(first["next"]).json
    assert len(first["items"]) == paging.SIZE
    assert len(first["items"] + rest["items"]) == 18 + len(codes)
    assert rest["next"] is None
    assert len(api.get("/roles/admin").json["permissions"]) == 18 + len(codes)


def test_a_role_is_deleted_as_reviewed(program, session, ada, vera, person):
    api = program(ada)

    created = api.send("POST", "/roles", {"name": "lookers", "clone_of": "user"})
    path = created.headers["Location"]
    api.send("PUT", "/users/vera/roles/lookers", {}, If_Match="*")
    review = api.get(f"{path}/deletion")
    assert review.json["members"] == 1
    assert review.json["impact"]["losing"] == {"count": 1, "users": ["vera"]}
    assert UPDATE in review.json["impact"]["revoked"]
    reviewed = {"reviewed": review.headers["ETag"].strip('"')}
    person("vito", roles=["lookers"])

    outdated = api.change("DELETE", path, reviewed)
    assert (outdated.status_code, outdated.json["type"].split(":")[-1]) == (412, "review-outdated")
    reviewed = {"reviewed": api.get(f"{path}/deletion").headers["ETag"].strip('"')}
    assert api.change("DELETE", path, reviewed).status_code == 204
    missing = api.send("POST", "/roles", {"name": "more", "clone_of": "lookers"})
    assert (missing.status_code, missing.json["errors"][0]["pointer"]) == (422, "#/clone_of")


def test_histories_of_users_and_roles(program, session, ada, vera, person):
    api = program(ada)
    api.change("PATCH", "/users/vera", {"bio": "Watches."})
    api.change("PUT", "/users/vera/roles", {"roles": ["user", "viewer"]})
    api.send("PUT", "/roles/viewer/permissions/document:update", {}, If_Match="*")
    assigner = person("axel", permissions=["user:read", "role:assign", "role:read"])

    whole = [each["action"] for each in api.get("/users/vera/history").json["items"]]
    part = [each["action"] for each in program(assigner).get("/users/vera/history").json["items"]]
    assert (whole, part) == (["role:assigned", "user:changed"], ["role:assigned"])
    [granted] = api.get("/roles/viewer/history").json["items"]
    assert granted["action"] == "permission:granted"
    assert program(assigner).get("/roles/viewer/history").status_code == 403
    assert api.get("/users/nobody/history").status_code == 404


def test_roles_of_a_user_are_changed_as_reviewed(program, session, ada, vera):
    api, path = program(ada), "/users/vera/roles"
    body = {"roles": ["user"]}

    review = api.send("POST", "/users/vera/role-review", body)
    assert (review.json["assigned"], review.json["removed"]) == (["user"], ["viewer"])
    assert review.json["gained"] == ["document:create", "document:update"]
    reviewed = body | {"reviewed": review.headers["ETag"].strip('"')}
    api.send("PUT", "/roles/user/permissions/document:delete", {}, If_Match="*")
    outdated = api.send("PUT", path, reviewed, If_Match="*")
    assert (outdated.status_code, outdated.json["type"].split(":")[-1]) == (409, "review-outdated")
    again = api.send("POST", "/users/vera/role-review", body).headers["ETag"].strip('"')
    done = api.change("PUT", path, body | {"reviewed": again})
    assert (done.status_code, done.json["roles"]) == (200, ["user"])
    last = program(ada).send("POST", "/users/ada/role-review", {"roles": []})
    assert (last.status_code, last.json["type"].split(":")[-1]) == (409, "last-administrator")
    unknown = api.send("PUT", path, {"roles": ["nosuch"]}, If_Match="*")
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "#/roles")
