import json

import pytest
from sqlalchemy import select

from app.domain import users
from app.models import User
from tests.support.contents import recorded

pytestmark = pytest.mark.only_on("sqlite")


def test_a_user_is_shown(flask, vera):
    told = json.loads(flask("users", "show", "vera", "--json").out)

    assert (told["username"], told["roles"]) == ("vera", ["viewer"])
    assert told["permissions"] == ["document:read"]
    assert "roles: viewer" in flask("users", "show", "vera@example.org").out


def test_a_profile_is_edited(flask, session, vera):
    done = flask("users", "edit", "vera", "--full-name", "Vera C. Rubin", "--verified")

    assert (done.code, done.err) == (0, "Changed full_name, is_verified.\n")
    session.refresh(vera)
    assert (vera.full_name, vera.email) == ("Vera C. Rubin", "vera@example.org")
    assert flask("users", "edit", "vera", "--email", "nobody").code == 1
    assert flask("users", "edit", "vera").err == "No change.\n"


def test_a_user_is_offboarded_and_deleted(flask, session, ada, vera):
    assert flask("users", "offboard", "vera", "--reason", "Left").code == 0
    session.refresh(vera)
    assert (vera.is_active, vera.roles) == (False, [])
    assert flask("users", "delete", "vera").code == 0
    assert session.scalars(select(User).where(User.username == "vera")).first() is None
    last = flask("users", "delete", "ada")
    assert (last.code, "last administrator" in last.err) == (1, True)


def test_an_assignment_is_undone(flask, session, ada, omar):
    flask("users", "assign", "omar", "viewer")
    event = recorded(session)[0]

    assert flask("users", "undo", str(event.id)).code == 0
    assert users.find(session, "omar").roles == []
