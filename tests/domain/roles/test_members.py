"""How many people hold each role: counted up to a cap, many roles at once."""

import pytest
from sqlalchemy import insert, select

from app.domain.roles import members
from app.models import Role


@pytest.fixture
def by_name(session):
    """Counts the people of all roles, by the names of the roles."""

    def by_name():
        rows = session.execute(select(Role.id, Role.name)).all()
        names = {row.id: row.name for row in rows}
        counts = members.member_counts(session, list(names))
        return {names[role_id]: count for role_id, count in counts.items()}

    return by_name


def test_everyone_who_holds_a_role_counts(by_name, ada, vera, omar, person):
    person("nora", roles=["viewer", "user"], is_active=False)

    assert by_name() == {"admin": 1, "user": 1, "viewer": 2}


def test_what_many_hold_is_counted_no_further(by_name, monkeypatch, person):
    for name in ("abe", "bea", "cal", "dan"):
        person(name, roles=["viewer"])
    assert by_name()["viewer"] == 4

    monkeypatch.setattr(members, "COUNTED", 2)

    assert by_name() == {"admin": 0, "user": 0, "viewer": 3}


def test_as_many_roles_as_there_are_can_be_counted(session, by_name, vera, monkeypatch):
    session.execute(insert(Role), [{"name": f"department {n}"} for n in range(400)])
    found = by_name()

    assert len(found) == 403
    assert {name for name, count in found.items() if count} == {"viewer"}
    monkeypatch.setattr(members, "COUNTED_APART", 403)
    assert by_name() == found


def test_many_roles_are_counted_to_the_same_limit(session, by_name, person, monkeypatch):
    for name in ("abe", "bea", "cal", "dan"):
        person(name, roles=["viewer"])
    monkeypatch.setattr(members, "COUNTED_APART", 1)
    assert by_name() == {"admin": 0, "user": 0, "viewer": 4}

    monkeypatch.setattr(members, "COUNTED", 2)
    assert by_name() == {"admin": 0, "user": 0, "viewer": 3}


def test_of_no_roles_there_is_nothing_to_count(session):
    assert members.member_counts(session, []) == {}
