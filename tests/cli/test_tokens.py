"""``flask tokens``, and service accounts by command."""

import json

import pytest

from app.domain.authentication import api_tokens

pytestmark = pytest.mark.only_on("sqlite")


def test_a_token_is_created_listed_and_revoked(flask, session, vera):
    done = flask("tokens", "create", "vera", "ci", "--days", "7", "--permission", "document:read")
    text = done.out.strip()

    assert api_tokens.identify(session, text).scopes == {"document:read"}
    [row] = [json.loads(line) for line in flask("tokens", "list", "--json").out.splitlines()]
    assert (row["owner"], row["name"], row["permissions"]) == ("vera", "ci", ["document:read"])
    listed = flask("tokens", "list", "--owner", "vera").out
    assert text[:10] in listed
    assert text not in listed
    assert flask("tokens", "revoke", str(row["id"])).err == "Revoked the token ci.\n"
    assert api_tokens.identify(session, text) is None
    assert flask("tokens", "revoke", str(row["id"])).code == 1


def test_a_service_account_has_no_password_and_no_link(flask):
    create = ("users", "create", "robot", "robot@example.org", "--service-account")

    assert flask(*create, "--password-stdin", typed="x").code == 2
    assert flask(*create, "--role", "viewer").err == (
        "Created the service account robot with the role viewer.\n"
    )
    rows = flask("users", "list", "--kind", "service", "--json").out.splitlines()
    assert [json.loads(row)["is_service_account"] for row in rows] == [True]
    assert "robot" not in flask("users", "list", "--kind", "person").out
    assert json.loads(flask("users", "show", "robot", "--json").out)["is_service_account"] is True
    assert flask("users", "reset-password", "robot").err == (
        "Error: robot is a service account: nobody signs in to it with a password.\n"
    )
