"""Many users changed at once by the API: found by their names, reviewed, changed as reviewed."""

import pytest
from sqlalchemy import select

from app.models import User
from tests.support.contents import digests, events

BULK, REVIEW, CHOOSE = "/bulk-users", "/bulk-users/review", "/chosen-users"


@pytest.fixture
def crowd(person):
    """People who are changed at once, and one who is above the helper."""
    people = [person(f"crowd{number}") for number in range(3)]
    return [*people, person("crowd3", roles=["admin"], is_active=False)]


def names(crowd):
    return [one.username for one in crowd]


def roles_of(session, people):
    session.expire_all()
    return [[role.name for role in session.get(User, one.id).roles] for one in people]


def test_a_role_is_assigned_as_reviewed(program, session, ada, crowd, vera):
    api = program(ada)
    body = {"action": "assign", "role": "Viewer", "users": [*names(crowd[:3]), "VERA@example.org"]}

    review = api.send("POST", REVIEW, body)
    assert (review.status_code, review.json["role"]) == (200, "viewer")
    assert review.json["changed"] == ["crowd0", "crowd1", "crowd2"]
    assert review.json["skipped"] == [{"reason": "Already have the role", "users": ["vera"]}]
    assert "document:read" in review.json["permissions"]
    assert roles_of(session, crowd) == [[], [], [], ["admin"]]

    etag = review.headers["ETag"]
    done = api.send("POST", BULK, body | {"reason": "The pilot."}, If_Match=etag)
    assert (done.status_code, done.json) == (200, review.json)
    assert roles_of(session, crowd) == [["viewer"]] * 3 + [["admin"]]
    last = events(session)[-3:]
    assert {(event.action, event.reason) for event in last} == {("role:assigned", "The pilot.")}
    again = api.send("POST", BULK, body, If_Match=etag)
    assert (again.status_code, again.json["type"].endswith(":outdated")) == (412, True)


def test_all_who_match_filters_are_deactivated_but_the_last_administrator(
    program, session, ada, crowd
):
    api, body = program(ada), {"action": "deactivate", "filters": {"status": "active"}}

    answer = api.send("POST", BULK, body, If_Match="*")

    assert answer.json["changed"] == ["crowd0", "crowd1", "crowd2"]
    assert answer.json["skipped"] == [
        {"reason": "Last administrator of the console", "users": ["ada"]}
    ]
    back = api.send("POST", BULK, {"action": "activate", "users": ["crowd1"]}, If_Match="*")
    assert back.json["changed"] == ["crowd1"]
    taken = {"action": "unassign", "role": "admin", "filters": {"q": "crowd"}}
    assert api.send("POST", BULK, taken, If_Match="*").json["changed"] == ["crowd3"]


SCOPES = {"user:read", "user:update", "role:assign", "document:read"}


@pytest.mark.parametrize("owner", ["ada", "nora"])
@pytest.mark.parametrize(
    ("action", "role", "alone", "changed"),
    [
        ("deactivate", "", "POST /users/{}/deactivate", ["omar", "vera"]),
        ("assign", "viewer", "PUT /users/{}/roles/viewer", ["omar"]),
        ("unassign", "viewer", "DELETE /users/{}/roles/viewer", ["vera"]),
    ],
)
def test_a_token_does_no_more_to_many_than_to_one(
    program, session, ada, vera, omar, person, action, role, alone, changed, owner
):
    if owner == "nora":
        person("nora", permissions=SCOPES | {"document:create", "document:update"})
    above = person("above", permissions=["document:read", "document:create"])
    administrator = person("root", roles=["admin"])
    if action == "unassign":
        above.roles.append(vera.roles[0])
        administrator.roles.append(vera.roles[0])
    session.commit()
    api = program(session.scalar(select(User).where(User.username == owner)), SCOPES)
    method, _, path = alone.partition(" ")
    users = ["above", "omar", "root", "vera"]
    body = {"action": action, "users": users} | ({"role": role} if role else {})

    done = api.send("POST", BULK, body, If_Match="*")
    answers = [api.send(method, path.format(name), {}, If_Match="*") for name in users[::2]]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert done.json["changed"] == changed
    skipped = {line["reason"]: line["users"] for line in done.json["skipped"]}
    assert skipped["Have permissions that you do not have"] == ["above", "root"]


def test_a_token_without_scopes_does_what_its_owner_may(program, ada, person):
    person("above", permissions=["document:delete"])
    body = {"action": "deactivate", "users": ["above"]}

    assert program(ada).send("POST", BULK, body, If_Match="*").json["changed"] == ["above"]


def test_who_has_more_than_the_actor_is_skipped_in_the_same_words(program, person, crowd):
    helper = person("hana", permissions=["user:read", "user:update"])
    body = {"action": "activate", "users": ["crowd3"]}

    answer = program(helper).send("POST", BULK, body, If_Match="*")
    refused = program(helper).send(
        "POST", BULK, {"action": "assign", "role": "viewer", "users": ["crowd0"]}, If_Match="*"
    )

    assert answer.json["skipped"] == [
        {"reason": "Have permissions that you do not have", "users": ["crowd3"]}
    ]
    assert (refused.status_code, refused.json["type"].split(":")[-1]) == (
        *(403, "beyond-own-permissions"),
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "hide", "users": ["vera"]}, "#/action"),
        ({"action": "activate"}, "#/users"),
        ({"action": "activate", "users": []}, "#/users"),
        ({"action": "activate", "users": ["vera", "nobody", "no\0one"]}, "#/users"),
        ({"action": "activate", "users": ["vera"], "filters": {}}, "#/users"),
        ({"action": "activate", "filters": {"colour": "red"}}, "#/filters"),
        ({"action": "assign", "users": ["vera"]}, "#/role"),
        ({"action": "assign", "users": ["vera"], "role": "nosuch"}, "#/role"),
        ({"action": "activate", "users": ["vera"], "reason": "x" * 501}, "#/reason"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_mistakes_of_a_bulk_change_name_their_place(program, session, ada, vera, body, pointer):
    api, before = program(ada), digests(session.get_bind())

    answer = api.send("POST", BULK, body, If_Match="*")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert digests(session.get_bind()) == before


@pytest.mark.only_on("sqlite")
def test_many_take_as_many_statements_as_one(program, ada, person, statements):
    api = program(ada)
    people = [person(f"many{number}").username for number in range(30)]
    made = []

    for action, chosen in (("deactivate", people[:1]), ("activate", people[:1])) * 2:
        with statements.at_most(60):
            api.send("POST", BULK, {"action": action, "users": chosen}, If_Match="*")
        made.append(len(statements.seen))
    with statements.at_most(max(made)):
        answer = api.send("POST", BULK, {"action": "deactivate", "users": people}, If_Match="*")
    assert len(answer.json["changed"]) == 30


def test_names_of_a_list_are_found_or_told(program, ada, vera, person):
    person("alan1", full_name="Alan Turing")
    person("alan2", full_name="Alan Turing", is_active=False)
    api = program(ada)

    answer = api.send("POST", CHOOSE, {"names": "vera@example.org, Alan Turing\nverra"}).json

    assert [one["username"] for one in answer["found"]] == ["vera"]
    [several] = answer["ambiguous"]
    assert several["name"] == "Alan Turing"
    assert [(one["username"], one["is_active"]) for one in several["users"]] == [
        *(("alan1", True), ("alan2", False)),
    ]
    [missing] = answer["missing"]
    assert (missing["name"], missing["nearest"][0]["username"]) == ("verra", "vera")
    empty = api.send("POST", CHOOSE, {"names": " ,"})
    assert (empty.status_code, empty.json["errors"][0]["pointer"]) == (422, "#/names")
