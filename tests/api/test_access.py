"""Users, roles and permissions in the API: changed by the rules of the pages, and explained."""

import pytest
from sqlalchemy import select

from app.models import Role, User
from tests.support.contents import events


def names_of(session, name):
    session.expire_all()
    user = session.scalars(select(User).where(User.username == name)).one()
    return sorted(role.name for role in user.roles)


def test_a_user_is_created_changed_and_deleted(program, session, ada):
    api = program(ada)

    created = api.send(
        "POST",
        "/users",
        {"username": "nora", "email": "nora@example.org", "roles": ["viewer"]},
    )
    path = created.headers["Location"]
    assert (created.status_code, created.json["roles"]) == (201, ["viewer"])
    changed = api.change("PATCH", path, {"full_name": "Nora Batty", "is_verified": True})
    assert (changed.json["full_name"], changed.json["is_verified"]) == ("Nora Batty", True)
    etag = api.get(path).headers["ETag"]
    assert api.send("POST", f"{path}/deactivate", If_Match=etag).json["is_active"] is False
    assert api.send("POST", f"{path}/activate", If_Match=etag).status_code == 412
    assert api.change("DELETE", path, {"reason": "Gone."}).status_code == 204
    assert [event.action for event in events(session)][-4:] == [
        *("user:created", "role:assigned")[1:],
        *("user:changed", "user:deactivated", "user:deleted"),
    ]


def test_roles_are_assigned_and_unassigned(program, session, ada, vera):
    api, path = program(ada), "/users/vera/roles"

    assert api.change("PUT", path, {"roles": ["user", "viewer"]}).json["roles"] == [
        *("user", "viewer"),
    ]
    assert api.send("DELETE", f"{path}/viewer", If_Match="*").json["roles"] == ["user"]
    assert api.send("PUT", f"{path}/viewer", If_Match="*").json["roles"] == ["user", "viewer"]
    assert names_of(session, "vera") == ["user", "viewer"]
    assert api.send("PUT", f"{path}/nosuch", If_Match="*").status_code == 404


def test_the_last_administrator_stays_in_the_same_words(program, ada):
    answer = program(ada).change("PUT", "/users/ada/roles", {"roles": []})

    assert answer.status_code == 409
    assert answer.json["detail"].startswith("ada is the last administrator.")


def test_nobody_gives_more_than_they_have(program, session, vera, person):
    helper = person("hana", permissions=["user:read", "role:assign", "role:read"])

    answer = program(helper).change("PUT", "/users/vera/roles", {"roles": ["admin", "viewer"]})

    assert answer.status_code == 403
    assert names_of(session, "vera") == ["viewer"]


def test_a_role_is_created_granted_renamed_and_deleted(program, session, ada):
    api = program(ada)

    created = api.send("POST", "/roles", {"name": "editors", "description": "They edit."})
    path = created.headers["Location"]
    granted = api.send("PUT", f"{path}/permissions/document:update", If_Match="*")
    assert granted.json["permissions"] == ["document:update"]
    both = ["document:read", "document:update"]
    answer = api.send("PUT", f"{path}/permissions", {"permissions": both}, If_Match="*")
    assert answer.json["permissions"] == both
    revoked = api.send("DELETE", f"{path}/permissions/document:update", If_Match="*")
    assert revoked.json["permissions"] == ["document:read"]
    assert api.change("PATCH", path, {"name": "writers"}).json["name"] == "writers"
    assert api.change("DELETE", "/roles/writers").status_code == 204
    assert session.scalars(select(Role).where(Role.name == "writers")).all() == []
    assert api.change("DELETE", "/roles/admin").status_code == 409


def test_a_check_says_why_in_three_statements(program, session, ada, vera, person, statements):
    person("ines", roles=["viewer"], is_active=False)
    api = program(ada)
    api.get("/users")
    asked = [(name, code) for name in ("vera", "ines", "ada", "nemo") for code in CODES]
    body = {"checks": [{"user": name, "permission": code} for name, code in asked] * 8}

    with statements.at_most(3):
        answers = api.send("POST", "/check", body).json["items"]
    with statements.at_most(3):
        one = api.get("/check?user=vera&permission=document:read").json

    assert one == {
        "user": "vera",
        "permission": "document:read",
        "allowed": True,
        "reason": "viewer grants document:read.",
        "granted_by": ["viewer"],
    }
    told = {(each["user"], each["permission"]): each["reason"] for each in answers}
    assert told["vera", "user:delete"] == "None of their roles grants user:delete."
    assert told["ines", "document:read"] == "The account is inactive."
    assert told["ada", "user:delete"] == "admin grants user:delete."
    assert told["nemo", "user:delete"] == "This user does not exist."
    assert told["ada", "no:such"] == "This permission does not exist."


def test_a_check_takes_the_address_of_a_user(program, session, ada, vera, person, statements):
    person("vera@example.org", email="other@example.org")
    person("ines", email="ines@xn--bcher-kva.example", roles=["viewer"])
    api = program(ada)
    api.get("/users")
    asked = ["INES@bücher.example", "vera", "vera@example.org", "Other@example.org", "no@such.org"]
    body = {"checks": [{"user": name, "permission": "document:read"} for name in asked]}

    with statements.at_most(3):
        answers = api.send("POST", "/check", body).json["items"]

    # A user name goes before the address of somebody else.
    assert [each["allowed"] for each in answers] == [True, True, False, False, False]
    assert [each["user"] for each in answers] == asked
    assert answers[-1]["reason"] == "This user does not exist."


CODES = ("document:read", "user:delete", "no:such")


def test_permissions_come_with_reasons_and_holders(program, ada, vera):
    api = program(ada)

    held = {each["code"]: each for each in api.get("/users/vera/permissions").json["items"]}
    assert held["document:read"]["roles"] == ["viewer"]
    assert not held["user:delete"]["is_granted"]
    assert api.get("/permissions/document:delete").json["roles"] == ["admin"]
    holders = api.get("/who-can/document:read").json["items"]
    assert [each["username"] for each in holders] == ["ada", "vera"]
    assert len(api.get("/permissions").json["items"]) == 18
    assert [each["username"] for each in api.get("/roles/viewer/members").json["items"]] == [
        "vera",
    ]


def test_the_audit_log_is_filtered_and_names_the_token(program, ada):
    api = program(ada)
    api.change("PUT", "/settings/chunk_size", {"value": 900})

    [event] = api.get("/audit?action=setting:changed&actor=ada").json["items"]

    assert (event["actor_kind"], event["target_name"]) == ("token", "chunk_size")
    assert (event["before"], event["after"]) == ({"value": "1000"}, {"value": "900"})
    assert api.get("/audit?outcome=denied").json["items"] == []


def test_the_audit_log_is_filtered_by_ids_through_renames(program, session, ada, vera):
    api = program(ada)
    api.change("PATCH", "/users/vera", {"username": "veronica"})
    program(vera).get("/settings")
    of_her = f"/audit?type=user&target_id={vera.id}"

    told = [(event["action"], event["target_name"]) for event in api.get(of_her).json["items"]]
    assert told == [("token:created", "veronica"), ("user:changed", "vera")]
    [denied] = api.get(f"/audit?actor_id={vera.id}").json["items"]
    assert (denied["action"], denied["actor_name"]) == ("permission:denied", "veronica")
    assert api.get(f"{of_her}&as_of=2020-01-01T00:00:00Z").json["items"] == []
    for query in ("actor_id=x", "actor_id=0", "target_id=2147483648&type=user", "target_id=1"):
        assert api.get(f"/audit?{query}").status_code in {400, 422}, query


def test_the_audit_log_is_filtered_by_what_names_mean(program, session, ada):
    ada.full_name = "Ada Byron"
    session.commit()
    api = program(ada)
    api.change("PUT", "/settings/chunk_size", {"value": 900})

    [event] = api.get("/audit?actor=ada+byron&target=Chunk_Size&type=setting").json["items"]

    assert event["target_name"] == "chunk_size"
    beginning = f"/audit?action=setting:changed&request={event['request_id'][:8]}"
    assert len(api.get(beginning).json["items"]) == 1


@pytest.mark.only_on("sqlite")
def test_scopes_limit_what_an_administrator_does_by_token(program, session, ada, vera):
    api = program(ada, {"user:read", "role:assign", "document:read"})

    assert api.get("/settings").status_code == 403
    escalated = api.change("PUT", "/users/vera/roles", {"roles": ["admin"]})
    assert escalated.status_code == 403
    assert names_of(session, "vera") == ["viewer"]
