import json
import re

import pytest
from sqlalchemy import insert, select

from app.domain.authentication import passwords
from app.domain.authentication.one_time_links import Purpose, peek
from app.models import AuditEvent, OneTimeLink, User
from tests.cli.conftest import ACTOR
from tests.support.people import PASSWORD

LINK = re.compile(r"http://127\.0\.0\.1:8000/reset/([\w-]{43})\n")


@pytest.fixture
def user(session):
    return lambda name: session.scalars(select(User).where(User.username == name)).one()


@pytest.fixture
def events(session):
    """What was recorded, as pairs of action and the one whom it was done to."""
    return lambda: [
        (event.action, event.target_name)
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        if event.actor_name == ACTOR and event.actor_kind == "command"
    ]


def test_creating_a_user_prints_nothing_but_a_link_that_works(flask, session, user):
    done = flask("users", "create", "Cleo", "Cleo@Example.org", "--full-name", "Cleo Zu")

    assert done.code == 0
    token = LINK.fullmatch(done.out).group(1)
    assert peek(session, Purpose.RESET, token).user_id == user("cleo").id
    assert (user("cleo").email, user("cleo").full_name) == ("cleo@example.org", "Cleo Zu")
    assert not user("cleo").has_password


def test_a_user_is_created_with_roles_and_each_is_recorded(flask, user, events):
    done = flask(
        *("users", "create", "cleo", "cleo@example.org", "--role", "viewer", "--role", "admin")
    )

    assert done.code == 0
    assert [role.name for role in user("cleo").roles] == ["admin", "viewer"]
    assert events() == [
        ("user:created", "cleo"),
        ("role:assigned", "cleo"),
        ("role:assigned", "cleo"),
    ]


def test_a_password_comes_by_standard_input(flask, session, user):
    done = flask(
        *("users", "create", "cleo", "cleo@example.org", "--password-stdin"), typed=f"{PASSWORD}\n"
    )

    assert (done.code, done.out) == (0, "")
    assert passwords.verify(user("cleo").password_hash, PASSWORD)
    assert session.scalars(select(OneTimeLink)).all() == []


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "has 5 characters"),
        ("", "has 0 characters"),
        ("cleo@example.org", "is the e-mail address"),
    ],
)
def test_a_bad_password_creates_nobody(flask, session, password, sentence):
    done = flask(
        *("users", "create", "cleo", "cleo@example.org", "--password-stdin"), typed=password
    )

    assert (done.code, done.out) == (1, "")
    assert sentence in done.err
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("cleo", "no address"), "The email address is not valid."),
        (("c leo", "cleo@example.org"), "The user name contains a space at character 2."),
        (("vera", "cleo@example.org"), "Another user has vera as user name"),
        (("cleo", "vera@example.org"), "Another user has vera@example.org as email"),
        (("cleo", "cleo@example.org", "--role", "nun"), "There is no role named nun."),
    ],
)
def test_what_cannot_be_created_is_refused(flask, session, vera, arguments, sentence):
    done = flask("users", "create", *arguments)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error: {sentence}")
    assert session.scalars(select(User.username)).all() == ["vera"]


def test_the_list_is_a_table(flask, ada, vera, omar, person):
    person("nils", is_active=False, full_name="Nils\x1b[2J\nHolm")

    done = flask("users", "list")

    assert done.code == 0
    assert done.out.splitlines() == [
        "USER NAME  EMAIL             FULL NAME          STATUS    ROLES",
        "ada        ada@example.org   Ada Byron          active    admin",
        "nils       nils@example.org  Nils\\x1b[2J\\nHolm  inactive",
        "omar       omar@example.org  Omar Khayyam       active",
        "vera       vera@example.org  Vera Rubin         active    viewer",
    ]


def test_the_list_goes_on_past_a_page(flask, session):
    names = [f"user{number:03}" for number in range(120)]
    for name in names:
        session.add(User(username=name, email=f"{name}@example.org", password_hash="-"))

    done = flask("users", "list", "--json")

    assert [json.loads(line)["username"] for line in done.out.splitlines()] == names


def test_the_list_as_json_holds_no_password(flask, ada):
    done = flask("users", "list", "--json")

    (line,) = done.out.splitlines()
    found = json.loads(line)
    assert set(found) == {
        *("username", "email", "full_name", "is_active", "is_verified", "created_at", "roles"),
        "is_service_account",
    }
    assert (found["username"], found["roles"], found["is_active"]) == ("ada", ["admin"], True)


def test_a_user_is_deactivated_and_activated(flask, vera, user, events):
    assert flask("users", "deactivate", "vera@example.org").code == 0
    assert not user("vera").is_active

    assert flask("users", "activate", "VERA").code == 0
    assert user("vera").is_active
    assert events() == [("user:deactivated", "vera"), ("user:activated", "vera")]


def test_what_is_so_already_is_not_recorded(flask, vera, events):
    assert flask("users", "activate", "vera").code == 0
    assert flask("users", "assign", "vera", "viewer").code == 0
    assert flask("users", "unassign", "vera", "admin").code == 0

    assert events() == []


def test_a_role_is_assigned_and_unassigned(flask, omar, user, events):
    assigned = flask("users", "assign", "omar", "Viewer")
    assert (assigned.code, assigned.err) == (0, "omar now has the role Viewer.\n")
    assert user("omar").has_role("viewer")

    unassigned = flask("users", "unassign", "omar", "viewer")
    assert (unassigned.code, unassigned.err) == (0, "omar no longer has the role viewer.\n")
    assert not user("omar").roles
    assert events() == [("role:assigned", "omar"), ("role:unassigned", "omar")]


@pytest.mark.parametrize(
    "command",
    [("deactivate", "ada"), ("unassign", "ada", "admin")],
    ids=["deactivated", "unassigned"],
)
def test_the_last_administrator_stays_and_the_refusal_is_recorded(
    flask, ada, vera, user, events, command
):
    done = flask("users", *command)

    assert (done.code, done.out) == (1, "")
    assert done.err == "Error: ada is the last administrator. Make somebody else one first.\n"
    assert user("ada").is_active
    assert user("ada").has_role("admin")
    assert events() == [("change:refused", "ada")]


def test_the_last_but_one_administrator_may_go(flask, ada, person, user):
    person("nora", roles=["admin"])

    assert flask("users", "unassign", "ada", "admin").code == 0
    assert not user("ada").has_role("admin")


def test_resetting_a_password_prints_a_link_and_keeps_the_password(
    flask, session, vera, user, events
):
    done = flask("users", "reset-password", "vera")

    assert done.code == 0
    token = LINK.fullmatch(done.out).group(1)
    assert peek(session, Purpose.RESET, token).user_id == vera.id
    assert passwords.verify(user("vera").password_hash, PASSWORD)
    assert events() == [("password:reset-started", "vera")]


@pytest.mark.parametrize(
    "command",
    [
        ("activate", "nobody"),
        ("deactivate", "nobody"),
        ("assign", "nobody", "viewer"),
        ("unassign", "nobody", "viewer"),
        ("reset-password", "nobody"),
    ],
    ids=lambda command: command[0],
)
def test_who_is_not_there_is_not_found(flask, ada, command):
    done = flask("users", *command)

    assert (done.code, done.out) == (1, "")
    assert done.err == "Error: There is no user named nobody.\n"


def test_a_role_that_is_not_there_is_not_found(flask, vera):
    done = flask("users", "assign", "vera", "nun")

    assert (done.code, done.err) == (1, "Error: There is no role named nun.\n")


def test_what_was_typed_cannot_write_more_than_one_line(flask, ada):
    done = flask("users", "activate", "no\nbody\x1b[31m")

    assert done.err == "Error: There is no user named no\\nbody\\x1b[31m.\n"


def test_users_of_other_programs_are_named_in_any_spelling(flask, session):
    row = {"username": "John_Doe", "email": "John@dömäin.example", "password_hash": "-"}
    session.execute(insert(User).values(**row))
    session.commit()

    assert flask("users", "deactivate", "JOHN_DOE").err == "John_Doe was deactivated.\n"
    assert flask("users", "activate", "john@xn--dmin-moa0i.example").code == 0
    assert "John@dömäin.example" in flask("users", "list").out
    assert "already has" not in flask("users", "create", "john_doe", "j@example.org").err
    assert flask("doctor").out.count("The names of 1 user are not copied yet") == 1
    assert flask("users", "copy-names").err == "Copied the names of 1 user.\n"
    assert flask("users", "copy-names").err == "Copied the names of 0 users.\n"
    assert "copied yet" not in flask("doctor").out
