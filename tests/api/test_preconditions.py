"""If-Match is compared under the locks of the change, so that nothing comes in between."""

import pytest
from sqlalchemy import delete, insert, select, update

from app.extensions import db
from app.models import Role, User, user_roles
from tests.races.pairs import Pair
from tests.support.api import Program

ROUNDS = 20
RENAMED = update(User).where(User.username == "vera").values(full_name="Vera Day")
DESCRIBED = update(Role).where(Role.name == "viewer").values(description="Others wrote it.")
USER, ROLE = "/users/vera", "/roles/viewer"
OF_USER = [
    ("PATCH", USER, {"bio": "Mine."}),
    ("DELETE", USER, None),
    ("POST", f"{USER}/activate", {}),
    ("POST", f"{USER}/deactivate", {}),
    ("DELETE", f"{USER}/sessions", None),
    ("DELETE", f"{USER}/sessions/1", None),
]
OF_ROLES = [
    ("PUT", f"{USER}/roles", {"roles": []}),
    ("PUT", f"{USER}/roles/user", {}),
    ("DELETE", f"{USER}/roles/viewer", None),
]
OF_ROLE = [
    ("PATCH", ROLE, {"name": "watchers"}),
    ("DELETE", ROLE, None),
    ("PUT", f"{ROLE}/permissions", {"permissions": []}),
    ("PUT", f"{ROLE}/permissions/document:update", {}),
    ("DELETE", f"{ROLE}/permissions/document:read", None),
]


@pytest.mark.parametrize(
    ("shown", "changes"), [(USER, OF_USER), (f"{USER}/roles", OF_ROLES), (ROLE, OF_ROLE)]
)
def test_what_is_written_before_the_locks_is_a_conflict(
    program, session, ada, vera, late, shown, changes
):
    api = program(ada)

    for number, (method, path, body) in enumerate(changes):
        etag = api.get(shown).headers["ETag"]
        late(written(session, shown, number))
        answer = api.send(method, path, body, If_Match=etag)
        assert (answer.status_code, answer.mimetype) == (412, "application/problem+json"), path
        assert answer.json["type"].endswith(":outdated")
        assert answer.json["detail"].startswith("This has changed since you read it.")
    assert api.get(shown).status_code == 200


def test_whatever_is_there_is_changed_as_it_is_then(program, session, ada, vera, late):
    api = program(ada)

    late(RENAMED)
    answer = api.send("PATCH", USER, {"bio": "Mine."}, If_Match="*")
    assert (answer.json["full_name"], answer.json["bio"]) == ("Vera Day", "Mine.")
    late(insert(user_roles).values(user_id=vera.id, role_id=id_of(session, "user")))
    assert api.send("DELETE", f"{USER}/roles/viewer", If_Match="*").json["roles"] == ["user"]


def test_what_a_list_has_of_a_thing_is_enough_to_change_it(program, session, ada, vera):
    api = program(ada)
    relation = api.send("POST", "/relations", {"expression": "chunk_size > 1"}).json
    api.send("PUT", "/settings/chunk_size/rule", {"schema": {"minimum": 1}}, If_Match="*")
    changes = [
        ("/settings", "/settings/chunk_size", "PUT", {"value": 900}),
        ("/roles", ROLE, "PATCH", {"description": "Who look."}),
        ("/users", USER, "PATCH", {"bio": "Mine."}),
        ("/relations", f"/relations/{relation['id']}", "PUT", {"expression": "chunk_size > 2"}),
        ("/rules", "/settings/chunk_size/rule", "PUT", {"schema": {"minimum": 2}}),
    ]

    for collection, path, method, body in changes:
        [row] = [each for each in api.get(collection).json["items"] if path.count(name_in(each))]
        one = api.get(path)
        assert one.headers["ETag"] == f'"{one.json["etag"]}"', path
        assert row["etag"] == one.json["etag"], path
        saved = api.send(method, path, body, If_Match=row["etag"])
        assert (saved.status_code, saved.json["etag"] == row["etag"]) == (200, False), path
        assert saved.headers["ETag"] == f'"{saved.json["etag"]}"', path
        assert api.send(method, path, body, If_Match=row["etag"]).status_code == 412, path


def name_in(row):
    """Return the end of the path of a row, or of its rule."""
    ends = {"username": "/{}", "name": "/{}", "id": "/{}", "key": "/{}"}
    return next(end.format(row[field]) for field, end in ends.items() if field in row)


def test_a_role_whose_description_has_changed_is_not_as_it_was_read(program, session, ada, vera):
    api = program(ada)
    before = api.get(ROLE).json["etag"]
    session.execute(DESCRIBED)
    session.commit()
    body = {"roles": {"viewer": {"etag": before, "permissions": []}}}

    for method, path in (("POST", "/role-review"), ("PATCH", "/roles")):
        answer = api.send(method, path, body)
        assert (answer.status_code, answer.json["type"].split(":")[-1]) == (409, "outdated")
        assert [error["pointer"] for error in answer.json["errors"]] == ["#/roles/viewer"]
        assert answer.json["detail"].startswith("This has changed since you read it.")
    body["roles"]["viewer"]["etag"] = api.get(ROLE).json["etag"]
    assert api.send("PATCH", "/roles", body).status_code == 200


@pytest.mark.slow
def test_of_two_who_read_the_same_one_saves(app, session, program, ada, vera):
    api, engine = program(ada), session.get_bind()
    stored = select(User.full_name).where(User.username == "vera")
    etag = api.get(USER).headers["ETag"]
    db.session.remove()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            answers = []
            names = (f"Vera {name} {number}" for name in "AB")
            pair.at_once(*(saving(app, api.token, etag, name, answers) for name in names))
            assert sorted(answer.status_code for answer in answers) == [200, 412]
            [saved] = [answer for answer in answers if answer.status_code == 200]
            etag = saved.headers["ETag"]
            with engine.connect() as connection:
                assert connection.scalar(stored) == saved.json["full_name"]


def saving(app, token, etag, name, answers):
    """Return a move: both have read the same, and now both write."""
    api = Program(app.test_client(), token)

    def write():
        answers.append(api.send("PATCH", USER, {"full_name": name}, If_Match=etag))

    return lambda: None, write


def written(session, shown, number):
    """Return what another program writes, each time something else."""
    if shown == USER:
        return RENAMED.values(full_name=f"Vera {number}")
    if shown == ROLE:
        return DESCRIBED.values(description=f"Others wrote it: {number}.")
    user_id = select(User.id).where(User.username == "vera").scalar_subquery()
    role_id = id_of(session, "user")
    if number % 2:
        held = (user_roles.c.user_id == user_id, user_roles.c.role_id == role_id)
        return delete(user_roles).where(*held)
    return insert(user_roles).from_select(["user_id", "role_id"], select(user_id, role_id))


def id_of(session, name):
    role_id = session.scalars(select(Role.id).where(Role.name == name)).one()
    session.rollback()
    return role_id
