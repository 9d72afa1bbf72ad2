"""``flask users bulk``: many users changed at once, by a list of names."""

import json

import pytest

from app.domain import users
from tests.support.contents import events

LIST = "vera\nOmar Khayyam\n"


@pytest.fixture
def has_role(session):
    return lambda name, role: users.named(session, name).has_role(role)


@pytest.fixture(autouse=True)
def people(ada, vera, omar):
    """Ada administers, Vera views, Omar has no role."""


def objects(done):
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_role_is_assigned_to_the_users_of_a_list(flask, session, has_role, tmp_path):
    path = tmp_path / "names.txt"
    path.write_text(LIST)

    done = flask(
        *("users", "bulk", "assign", str(path), "--role", "viewer", "--json"),
        *("--reason", "New team"),
    )

    assert (done.code, done.err) == (0, "Assigned the role viewer to 1 user.\n")
    assert [(row["name"], row["outcome"]) for row in objects(done)] == [
        ("omar", "changed"),
        ("vera", "unchanged"),
    ]
    assert has_role("omar", "viewer")
    event = events(session)[-1]
    assert (event.action, event.target, event.reason) == ("role:assigned", "omar", "New team")


def test_a_dry_run_changes_nothing_and_names_the_permissions(flask, has_role):
    done = flask("users", "bulk", "assign", "-", "--role", "user", "--dry-run", typed=LIST)

    assert done.code == 0
    assert done.err.startswith("Would assign the role user to 2 users.\nPermissions concerned: ")
    assert "document:read" in done.err
    assert not has_role("omar", "user")


def test_a_role_is_unassigned_and_who_lacks_it_is_told(flask, has_role):
    done = flask("users", "bulk", "unassign", "-", "--role", "viewer", typed=LIST)

    assert done.err == "Removed the role viewer from 1 user.\n"
    assert done.out.splitlines() == ["NAME  NOT CHANGED", "omar  Do not have the role"]
    assert not has_role("vera", "viewer")


def test_users_are_deactivated_but_the_last_administrator(flask, session):
    done = flask("users", "bulk", "deactivate", "-", typed="ada, vera")

    assert done.code == 1
    assert done.err == (
        "Deactivated 1 user.\nError: Skipped ada: Last administrator of the console.\n"
    )
    assert users.named(session, "ada").is_active
    assert not users.named(session, "vera").is_active
    assert flask("users", "bulk", "activate", "-", typed="vera").err == "Activated 1 user.\n"


def test_a_name_that_means_no_user_or_several_stops_the_change(flask, person, has_role):
    person("omar2", full_name="Omar Khayyam")
    names = "Omar Khayyam\nveraa\nzzz\nada\n"

    done = flask("users", "bulk", "assign", "-", "--role", "viewer", typed=names)

    assert done.code == 1
    assert done.out.splitlines() == [
        "NAME          NOT CHANGED",
        "Omar Khayyam  Several users have this name: omar and omar2",
        "veraa         Not found; similar names: vera",
        "zzz           Not found",
    ]
    assert "3 names do not mean one user. Nothing was changed; see --found-only." in done.err
    assert not has_role("ada", "viewer")


def test_the_found_are_changed_where_that_is_wanted(flask, has_role):
    assign = ("users", "bulk", "assign", "-", "--role", "viewer", "--found-only")

    done = flask(*assign, "--json", typed="zzz\nada")

    assert (done.code, done.err) == (0, "Assigned the role viewer to 1 user.\n")
    assert [(row["name"], row["outcome"], row["users"]) for row in objects(done)] == [
        ("zzz", "missing", []),
        ("ada", "changed", ["ada"]),
    ]
    assert has_role("ada", "viewer")
    assert flask(*assign, typed="zzz").err == "Error: No user was found. Nothing was changed.\n"


def test_a_long_list_is_looked_up_in_parts(flask, has_role):
    names = "".join(f"nobody{number}, x{number} y\n" for number in range(400)) + "omar\n"

    done = flask("users", "bulk", "assign", "-", "--role", "viewer", "--found-only", typed=names)

    assert done.code == 0
    assert len(done.out.splitlines()) == 1 + 800
    assert has_role("omar", "viewer")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("arguments", "typed", "code", "sentence"),
    [
        (("assign", "-"), LIST, 2, "Name the role to assign: --role."),
        (("activate", "-", "--role", "user"), LIST, 2, "--role is for assign and unassign."),
        (("assign", "-", "--role", "nothing"), LIST, 1, "nothing"),
        (("assign", "-", "--role", "user"), "\n", 1, "Enter at least one name or address."),
        (("assign", "-", "--role", "user"), b"\xff", 2, "not valid UTF-8"),
        (("assign", "-", "--role", "user", "--reason", "x" * 501), LIST, 1, "501 characters"),
        (("delete", "-"), LIST, 2, "'delete' is not one of"),
        (("activate", "/nowhere"), LIST, 2, "/nowhere"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(flask, arguments, typed, code, sentence):
    done = flask("users", "bulk", *arguments, typed=typed)

    assert done.code == code
    assert sentence in done.err
    assert done.err.count("\n") == 1
