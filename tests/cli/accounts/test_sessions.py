import json

import pytest

pytestmark = pytest.mark.only_on("sqlite")


def test_sessions_are_listed_and_ended(flask, sign_in, vera):
    sign_in(vera)
    sign_in(vera)
    first, second = map(json.loads, flask("users", "sessions", "vera", "--json").out.splitlines())

    assert flask("users", "end-sessions", "vera", "--session", str(first["id"])).code == 0
    [left] = map(json.loads, flask("users", "sessions", "vera", "--json").out.splitlines())
    assert left["id"] == second["id"]
    assert "127.0.0.1" in flask("users", "sessions", "vera").out
    assert flask("users", "end-sessions", "vera").err == "Ended all sessions.\n"
    assert flask("users", "sessions", "vera", "--json").out == ""
