"""Saves of access that are undone by the API: reviewed, then undone as reviewed."""

import pytest
from sqlalchemy import select

from app.models import AuditEvent, User
from tests.support.contents import digests, events

BULK = "/bulk-users"


@pytest.fixture
def trio(person):
    return [person(f"trio{number}") for number in range(3)]


def newest(session, action):
    """Return the path that undoes the newest event of an action."""
    session.rollback()
    query = select(AuditEvent.id).where(AuditEvent.action == action)
    event_id = session.scalars(query.order_by(AuditEvent.id.desc()).limit(1)).one()
    session.rollback()
    return f"/audit/{event_id}/undo"


def roles_of(session, people):
    session.expire_all()
    return [[role.name for role in session.get(User, one.id).roles] for one in people]


def test_an_assignment_of_many_is_undone_as_reviewed(program, session, ada, trio):
    api = program(ada)
    body = {"action": "assign", "role": "viewer", "users": ["trio0", "trio1", "trio2"]}
    api.send("POST", BULK, body, If_Match="*")
    path = newest(session, "role:assigned")

    review = api.get(path)
    assert review.json["left_out"] == []
    assert review.json["items"][0] == {
        "action": "role:unassigned",
        "target_type": "user",
        "target_name": "trio0",
        "before": {"role": "viewer"},
        "after": None,
    }
    assert api.send("DELETE", "/users/trio1/roles/viewer", If_Match="*").status_code == 200
    stale = api.send("POST", path, {}, If_Match=review.headers["ETag"])
    assert stale.status_code == 412
    done = api.change("POST", path, {"reason": "Too early."})

    assert [each["target_name"] for each in done.json["items"]] == ["trio0", "trio2"]
    assert roles_of(session, trio) == [[], [], []]
    last = events(session)[-1]
    assert (last.action, last.reason) == ("role:unassigned", "Too early.")


def test_roles_of_one_user_are_undone_as_far_as_they_stand(program, session, ada, vera):
    api = program(ada)
    api.change("PUT", "/users/vera/roles", {"roles": ["user"]})
    path = newest(session, "role:assigned")
    api.send("DELETE", "/users/vera/roles/user", If_Match="*")

    done = api.change("POST", path)

    assert [(each["action"], each["after"]) for each in done.json["items"]] == [
        ("role:assigned", {"role": "viewer"}),
    ]
    assert done.json["left_out"] == [{"name": "user", "reason": "Has been removed since"}]
    assert roles_of(session, [vera]) == [["viewer"]]
    again = api.change("POST", path)
    assert (again.status_code, again.json["detail"]) == (
        412,
        "Nothing is left to undo: these changes no longer stand.",
    )
    assert api.send("POST", path, If_Match="*").status_code == 409


def test_grants_are_undone(program, session, ada):
    api = program(ada)
    api.send("PUT", "/roles/viewer/permissions/document:update", {}, If_Match="*")
    path = newest(session, "permission:granted")

    review = api.get(path).json
    assert api.change("POST", path, {"reason": "By mistake."}).json == review
    assert review["items"] == [
        {
            "action": "permission:revoked",
            "target_type": "role",
            "target_name": "viewer",
            "before": {"codes": ["document:update"]},
            "after": None,
        }
    ]
    assert "document:update" not in api.get("/roles/viewer").json["permissions"]


def test_who_may_not_make_the_opposite_change_is_refused(program, session, ada, person, trio):
    boss = program(ada)
    boss.send("PUT", "/roles/viewer/permissions/document:update", {}, If_Match="*")
    boss.send("POST", BULK, {"action": "deactivate", "users": ["trio0"]}, If_Match="*")
    granted = newest(session, "permission:granted")
    deactivated = newest(session, "user:deactivated")
    codes = ["user:read", "user:update"]
    keeper, auditor = (
        person("kim", permissions=codes),
        person("axel", permissions=[*codes, "audit:read"]),
    )
    before = digests(session.get_bind())

    denied = program(keeper).send("POST", granted, {}, If_Match="*")
    assert (denied.status_code, events(session)[-1].action) == (403, "permission:denied")
    assert "role:read" in denied.json["detail"]
    for method in ("GET", "POST"):
        hidden = program(keeper).send(method, deactivated, If_Match="*")
        assert (hidden.status_code, hidden.json["detail"]) == (404, "This change does not exist.")
    assert digests(session.get_bind())["users"] == before["users"]
    assert program(auditor).send("POST", deactivated, If_Match="*").status_code == 200


def test_a_deleted_role_is_restored_with_its_members(program, session, ada, omar):
    api = program(ada)
    new = {"name": "press", "template": "auditor"}
    assert api.send("POST", "/roles", new).status_code == 201
    granted = api.get("/roles/press").json["permissions"]
    api.send("PUT", "/users/omar/roles/press", {}, If_Match="*")
    assert api.change("DELETE", "/roles/press").status_code == 204
    path = newest(session, "role:deleted")

    review = api.get(path).json
    assert [(each["action"], each["target_type"]) for each in review["items"]] == [
        ("role:created", "role"),
        ("role:assigned", "user"),
    ]
    assert api.change("POST", path, {"reason": "Still needed."}).json == review

    assert api.get("/roles/press").json["permissions"] == granted
    assert roles_of(session, [omar]) == [["press"]]
    assert api.send("POST", path, If_Match="*").status_code == 422
