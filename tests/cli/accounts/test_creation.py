"""Users created like others."""

import pytest

from app.domain import users
from tests.support.contents import events

CREATE = ("users", "create", "cleo", "cleo@example.org")


def roles_of(session, name):
    return sorted(role.name for role in users.named(session, name).roles)


def test_a_similar_user_gets_the_roles_of_another(flask, session, person):
    person("nora", roles=["viewer", "user"])

    done = flask(*CREATE, "--like", "nora@example.org", "--role", "admin", "--bio", "New here")

    assert "Created cleo with the roles admin, user and viewer.\n" in done.err
    assert roles_of(session, "cleo") == ["admin", "user", "viewer"]
    assert users.named(session, "cleo").bio == "New here"
    assert [event.action for event in events(session)].count("role:assigned") == 3


@pytest.mark.only_on("sqlite")
def test_nobody_is_created_like_somebody_who_is_not_there(flask, session):
    done = flask(*CREATE, "--like", "nobody")

    assert done.code == 1
    assert "nobody" in done.err
    assert users.find(session, "cleo") is None
