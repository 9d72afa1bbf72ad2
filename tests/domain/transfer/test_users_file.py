"""Users from a CSV file: read, judged row by row, created in batches, and once only."""

import pytest
from sqlalchemy import select

from app.domain import transfer, users
from app.domain.errors import BeyondOwnPermissions, InvalidValue
from app.domain.transfer import SeenRows
from app.models import User
from tests.support.contents import events
from tests.support.people import OPERATOR, acting

FILE = """username,email,full_name,roles,is_active,is_verified
nora,nora@example.org,Nora Ellis,viewer; user,yes,no
omar,omar@example.org,,,,
bad name,bad@example.org,,,,
pia,not an address,,,,
ada2,ada@example.org,,,,
quin,quin@example.org,,ghost,,
rosa,rosa@example.org,'=1+1,,no,yes
"""


def created(session, text, *, actor=OPERATOR, **fields):
    rows = transfer.read_users(text)
    results = transfer.create_rows(session, rows, actor=actor, **fields)
    session.commit()
    return {line.name: (line.outcome.value, line.reason) for _, line in results}


def user(session, name):
    return session.scalars(select(User).where(User.username == name)).one_or_none()


def test_a_refused_row_loses_no_other(session, ada, omar):
    results = created(session, FILE, reason="The new year")

    assert {name: outcome for name, (outcome, _) in results.items()} == {
        "nora": "add",
        "omar": "unchanged",
        "bad name": "refused",
        "pia": "refused",
        "ada2": "refused",
        "quin": "refused",
        "rosa": "add",
    }
    assert "Another user has ada@example.org" in results["ada2"][1]
    assert results["quin"][1] == "There is no role named ghost."
    nora, rosa = user(session, "nora"), user(session, "rosa")
    assert [role.name for role in nora.roles] == ["user", "viewer"]
    assert (nora.is_active, nora.has_password, nora.full_name) == (True, False, "Nora Ellis")
    assert (rosa.is_active, rosa.is_verified, rosa.full_name) == (False, True, "=1+1")
    assert users.find(session, "NORA@example.org").id == nora.id
    made = [(event.action, event.target) for event in events(session)]
    assert made[-4:] == [
        *(("user:created", "nora"), ("role:assigned", "nora"), ("role:assigned", "nora")),
        ("user:created", "rosa"),
    ]


def test_importing_again_creates_nobody(session, ada, omar):
    created(session, FILE)
    before = len(events(session))

    again = created(session, FILE)

    assert {outcome for outcome, _ in again.values()} == {"unchanged", "refused"}
    assert len(events(session)) == before


TWICE = [
    ("nora,nora@example.org", "unchanged", "The same user as row 2."),
    ("nora,other@example.org", "refused", "is that of row 2"),
    ("other,nora@example.org", "refused", "is that of row 2"),
    ("nora.,other@example.org", "refused", "is that of row 2, or alike"),
]


@pytest.mark.parametrize(("line", "outcome", "reason"), TWICE, ids=range(len(TWICE)))
def test_two_rows_do_not_make_one_user_twice(session, line, outcome, reason):
    rows = transfer.read_users(f"username,email\nnora,nora@example.org\n{line}")

    _, (_, second) = transfer.plan_rows(session, rows, SeenRows(), actor=OPERATOR)

    assert second.outcome == outcome
    assert reason in second.reason


TAKEN = [
    ("omar,other@example.org", "Another user has omar as user name or email address."),
    ("other,omar@example.org", "Another user has omar@example.org as email address."),
    ("ornar,other@example.org", "The user name looks like omar, which another user has."),
]


@pytest.mark.parametrize(("line", "reason"), TAKEN, ids=range(len(TAKEN)))
def test_a_row_with_a_name_that_is_taken_is_refused(session, omar, line, reason):
    results = created(session, f"username,email\n{line}\n")

    assert list(results.values()) == [("refused", reason)]


def test_roles_in_rows_need_the_permission_to_assign(session, person):
    helper = acting(person("helper", permissions=["user:create"]))

    results = created(session, "username,email,roles\na,a@example.org,viewer\n", actor=helper)

    assert results["a"] == ("refused", "You need the permission role:assign for its roles.")


def test_nobody_gives_more_than_they_have(session, person):
    helper = acting(person("helper", permissions=["user:create", "role:assign"]))
    rows = "username,email,roles\na,a@example.org,admin\nb,b@example.org,\n"

    results = created(session, rows, actor=helper)

    assert results["a"] == ("refused", "The role admin grants permissions that you do not have.")
    assert results["b"][0] == "add"
    with pytest.raises(BeyondOwnPermissions, match="user:create"):
        created(session, rows, actor=acting(person("viewer2", roles=["viewer"])))


def test_a_row_that_cannot_be_read_loses_no_other(session):
    text = "username,email,is_active,is_verified\na,a@example.org,maybe,perhaps\nb\n"
    text += "c,c@example.org,no,yes\n"

    results = created(session, text)

    assert results == {
        "a": ("refused", "is_active is neither yes nor no. is_verified is neither yes nor no."),
        "b": ("refused", "It has 1 cell instead of 4."),
        "c": ("add", ""),
    }


WRONG = [
    ("", "The file is empty. Choose or paste a CSV file."),
    (" \n\n", "The file is empty."),
    ("a,b", "It lacks username and email."),
    ("username\nx", "It lacks email."),
    ("username,email,colour\n", "There is no column named colour."),
    ("username,email,email\n", "names a column twice"),
    ('username,email\n"x,y', "is not valid CSV"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_file_that_cannot_be_read_is_refused(text, sentence):
    with pytest.raises(InvalidValue) as refusal:
        transfer.read_users(text)

    assert sentence in str(refusal.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_an_export_is_read_with_every_separator(separator):
    header = ["id", "username", "email", "created_at (UTC)"]
    lines = [header, ["7", "nora", "nora@example.org", "2026-01-01"]]
    text = "\ufeff" + "".join(separator.join(cells) + "\r\n" for cells in lines)

    [row] = transfer.read_users(text)

    assert (row.number, row.new.username, row.is_active) == (2, "nora", True)
