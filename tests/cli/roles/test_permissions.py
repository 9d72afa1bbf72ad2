import json

import pytest

from tests.support.api import Program
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")


def test_a_permission_is_explained(flask, ada, vera):
    yes = flask("permissions", "explain", "vera", "document:read")
    no = flask("permissions", "explain", "vera", "user:read", "--json")

    assert (yes.code, yes.out) == (0, "viewer grants document:read.\n")
    assert (no.code, json.loads(no.out)["allowed"]) == (1, False)
    assert flask("permissions", "explain", "vera", "no:such").code == 1


def test_command_api_and_page_say_the_same(flask, app, sign_in, session, ada, vera, person):
    people = [vera, person("ines", roles=["viewer"], is_active=False)]
    program, browser = Program(app.test_client(), token_of(session, ada)), sign_in(ada)

    for who in people:
        for code in ("document:read", "user:read", "no:such"):
            answer = program.get(f"/check?user={who.username}&permission={code}").json
            done = flask("permissions", "explain", who.username, code, "--json")
            assert json.loads(done.out) == answer
            told = flask("permissions", "explain", who.username, code)
            said = told.out.strip() or told.err.strip().removeprefix("Error: ")
            assert said == answer["reason"]
            assert answer["reason"] in browser.get(f"/users/{who.id}", can=code).text


def test_nobody_inactive_is_allowed_anything(flask, session, vera):
    vera.is_active = False

    done = flask("permissions", "explain", "vera", "document:read")

    assert (done.code, done.out, done.err) == (1, "", "Error: The account is inactive.\n")


def test_those_who_can_are_listed(flask, ada, vera, omar):
    assert flask("permissions", "who-can", "document:read").out == "ada\nvera\n"


def test_permissions_are_listed(flask):
    rows = [json.loads(line) for line in flask("permissions", "list", "--json").out.splitlines()]

    assert "role:assign" in {row["code"] for row in rows}
    assert "role:assign" in flask("permissions", "list").out
