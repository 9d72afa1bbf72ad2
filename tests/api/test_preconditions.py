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
