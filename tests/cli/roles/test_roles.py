import json

import pytest

from app.domain import roles
from tests.support.contents import events, recorded

pytestmark = pytest.mark.only_on("sqlite")


def codes(flask, name):
    [role] = map(json.loads, flask("roles", "show", name, "--json").out.splitlines())
    return role["permissions"]


def test_a_role_is_created_changed_and_deleted(flask, session, ada):
    made = flask("roles", "create", "support", "--template", "auditor", "--reason", "New team")
    granted = flask("roles", "grant", "support", "user:update", "user:create")
    revoked = flask("roles", "revoke", "support", "audit:read")
    renamed = flask("roles", "edit", "support", "--name", "first line", "--description", "Helps")

    assert [done.code for done in (made, granted, revoked, renamed)] == [0, 0, 0, 0]
    assert granted.err == "The role support now grants user:update and user:create.\n"
    assert codes(flask, "first line") == [
        *("role:read", "settings:read", "user:create", "user:read", "user:update")
    ]
    assert roles.named(session, "first line").description == "Helps"
    assert flask("roles", "delete", "first line").code == 0
    assert flask("roles", "show", "first line").code == 1
    reasons = [event.reason for event in events(session) if event.action == "role:created"]
    assert reasons == ["New team"]


def test_roles_are_listed_with_their_members(flask, vera):
    lines = flask("roles", "list").out.splitlines()
    rows = [json.loads(line) for line in flask("roles", "list", "--json").out.splitlines()]

    assert lines[0].split() == ["ROLE", "PERMISSIONS", "MEMBERS", "DESCRIPTION"]
    assert {row["name"]: row["members"] for row in rows} == {"admin": 0, "user": 0, "viewer": 1}
    assert rows[0]["permissions"] == "all"


def listed(flask, *filters):
    done = flask("roles", "list", "--json", *filters)
    assert done.code == 0, done.err
    rows = map(json.loads, done.out.splitlines())
    return {row["name"]: row["permissions"] for row in rows}


def test_roles_are_found_by_a_part_of_their_name_or_named(flask):
    assert list(listed(flask, "--role", "VIEW,us")) == ["user", "viewer"]
    assert list(listed(flask, "--roles", "viewer, Admin")) == ["admin", "viewer"]
    assert list(listed(flask, "--roles", "viewer,admin", "--role", "ad")) == ["admin"]
    assert listed(flask, "--role", "nosuch") == {}


def test_each_role_is_listed_with_the_permissions_that_match(flask):
    part = listed(flask, "--search", "Change", "--resource", "document")
    differing = listed(flask, "--differ", "--roles", "viewer,user,admin")
    table = flask("roles", "list", "--differ", "--roles", "viewer,user").out.splitlines()

    assert part == {"admin": "all", "user": ["document:update"], "viewer": []}
    assert differing == {
        "admin": "all",
        "user": ["document:create", "document:update"],
        "viewer": [],
    }
    assert table[1].split()[:4] == ["user", "document:create,", "document:update", "0"]


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (("--roles", "viewer,nosuch"), "There is no role named nosuch."),
        (("--search", "x" * 300), "Shorten"),
    ],
)
def test_filters_that_are_not_valid_are_told(flask, filters, sentence):
    done = flask("roles", "list", *filters)

    assert (done.code, done.out) == (1, "")
    assert sentence in done.err


def test_a_role_starts_like_another(flask, session):
    flask("roles", "create", "reader", "--like", "viewer")

    assert codes(flask, "reader") == codes(flask, "viewer")


def test_a_change_of_grants_is_undone(flask, session, ada):
    before = codes(flask, "viewer")
    flask("roles", "grant", "viewer", "user:read")
    event = recorded(session)[0]

    assert event.action == "permission:granted"
    assert flask("roles", "undo", str(event.id)).code == 0
    assert codes(flask, "viewer") == before


def test_a_deleted_role_is_restored_with_its_members(flask, session, ada, omar):
    flask("roles", "create", "press", "--template", "auditor")
    granted = codes(flask, "press")
    flask("users", "assign", "omar", "press")
    flask("roles", "delete", "press")
    event = next(one for one in recorded(session) if one.action == "role:deleted")

    done = flask("roles", "undo", str(event.id))

    assert (done.code, done.err) == (0, "Restored the role press.\n")
    assert codes(flask, "press") == granted
    session.expire_all()
    assert [role.name for role in omar.roles] == ["press"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grant", "viewer", "no:such"), "There is no permission no:such."),
        (("grant", "ghost", "user:read"), "There is no role named ghost."),
        (("revoke", "admin", "user:read"), "grants every permission, always"),
        (("delete", "viewer"), "is a system role"),
        (("edit", "viewer", "--name", "x"), "It keeps its name"),
    ],
)
def test_what_a_rule_forbids_is_told(flask, arguments, sentence):
    done = flask("roles", *arguments)

    assert done.code == 1
    assert sentence in done.err


def test_two_roles_are_compared(flask):
    flask("roles", "create", "clerk")
    flask("roles", "grant", "clerk", "user:read", "user:create")
    flask("roles", "create", "reader")
    flask("roles", "grant", "reader", "user:read", "audit:read")

    done = flask("roles", "compare", "clerk", "reader")

    assert [line.split(maxsplit=1) for line in done.out.splitlines()[1:]] == [
        ["user:read", "both"],
        ["user:create", "only clerk"],
        ["audit:read", "only reader"],
    ]
    assert (done.code, done.err) == (1, "Error: clerk and reader grant different permissions.\n")
    assert json.loads(flask("roles", "compare", "clerk", "reader", "--json").out) == {
        "first": "clerk",
        "second": "reader",
        "both": ["user:read"],
        "only_first": ["user:create"],
        "only_second": ["audit:read"],
    }


def test_roles_that_grant_the_same_do_not_differ(flask):
    flask("roles", "create", "support", "--template", "auditor")
    flask("roles", "create", "copy", "--like", "support")

    assert flask("roles", "compare", "support", "copy").code == 0
    assert flask("roles", "compare", "support", "nothing").code == 1
    assert json.loads(flask("roles", "compare", "admin", "support", "--json").out)["both"]


def test_a_dry_run_names_who_would_gain_and_lose_access(flask, vera, omar):
    grant = ("roles", "grant", "viewer", "audit:read", "--dry-run")
    revoke = ("roles", "revoke", "viewer", "settings:update", "--dry-run")
    flask("roles", "grant", "viewer", "settings:update")

    assert flask(*grant).out == "1 user would gain access: vera.\n"
    assert flask(*revoke).out.splitlines() == [
        "1 user would lose access: vera.",
        "Only administrators would have settings:update.",
    ]
    [found] = map(json.loads, flask(*grant, "--json").out.splitlines())
    assert (found["granted"], found["gaining"]) == (["audit:read"], {"count": 1, "users": ["vera"]})
    assert "audit:read" not in codes(flask, "viewer")
    assert "settings:update" in codes(flask, "viewer")


def test_a_dry_run_refuses_what_the_change_refuses(flask):
    flask("roles", "create", "support", "--template", "auditor")

    assert flask("roles", "grant", "support", "nothing", "--dry-run").code == 1
    assert flask("roles", "grant", "support", "user:read", "--dry-run", "--reason", "x" * 501).code
    assert flask("roles", "grant", "support", "audit:read", "--dry-run").err == (
        "Nothing would change.\n"
    )
    assert flask("roles", "grant", "support", "user:update", "--dry-run").out == (
        "No user would gain or lose access.\n"
    )
