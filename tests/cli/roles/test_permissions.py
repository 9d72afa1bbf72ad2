import json

import pytest

pytestmark = pytest.mark.only_on("sqlite")


def test_a_permission_is_explained(flask, ada, vera):
    yes = flask("permissions", "explain", "vera", "document:read")
    no = flask("permissions", "explain", "vera", "user:read", "--json")

    assert (yes.code, yes.out) == (0, "vera has document:read by viewer.\n")
    assert (no.code, json.loads(no.out)["is_allowed"]) == (1, False)
    assert flask("permissions", "explain", "vera", "no:such").code == 1


def test_nobody_inactive_is_allowed_anything(flask, session, vera):
    vera.is_active = False

    done = flask("permissions", "explain", "vera", "document:read")

    assert (done.code, "vera is not active." in done.err) == (1, True)


def test_those_who_can_are_listed(flask, ada, vera, omar):
    assert flask("permissions", "who-can", "document:read").out == "ada\nvera\n"


def test_permissions_are_listed(flask):
    rows = [json.loads(line) for line in flask("permissions", "list", "--json").out.splitlines()]

    assert "role:assign" in {row["code"] for row in rows}
    assert "role:assign" in flask("permissions", "list").out
