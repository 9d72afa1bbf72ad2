"""Figures of the overview: right where there is little, capped where there is much."""

import pytest
from sqlalchemy import insert, select

from app.domain import paging
from app.domain.overview import People, RolePeople
from app.domain.overview import figures as overview
from app.domain.roles import members
from app.models import Permission, Role, User, user_roles
from app.models.base import utcnow
from tests.support.people import PASSWORD_HASH


def test_people_are_counted(session, ada, omar, person):
    person("nora", is_active=False)
    person("iris", is_verified=True, roles=["user", "viewer"])

    found = overview.people(session)

    assert found == People(
        active=3, inactive=1, unverified=3, without_role=2, active_without_role=1
    )
    assert found.is_complete


def test_nobody_is_counted_as_nobody(session):
    assert overview.people(session) == People(0, 0, 0, 0, 0)


def test_beyond_the_cap_only_the_newest_are_checked(session, monkeypatch, omar, person):
    monkeypatch.setattr(overview, "COUNTED", 3)
    for name in ("abe", "bea", "cal"):
        person(name, roles=["viewer"])
    person("dan")

    found = overview.people(session)

    assert (found.active, found.without_role) == (4, 1)
    assert not found.is_complete


def test_people_per_role_begin_with_the_most(session, ada, person):
    person("nora", roles=["viewer"], is_active=False)
    person("iris", roles=["viewer", "user"])

    found = overview.people_per_role(session)

    assert [(role.name, role.people) for role in found] == [
        *(("viewer", 2), ("admin", 1), ("user", 1))
    ]
    assert isinstance(found[0], RolePeople)
    assert found[0].is_system is True


def test_a_role_that_many_hold_is_counted_no_further(session, monkeypatch, person):
    monkeypatch.setattr(members, "COUNTED", 2)
    for name in ("abe", "bea", "cal", "dan"):
        person(name, roles=["viewer"])
    person("eve", roles=["user"])
    person("fay", roles=["user"])

    found = {role.name: role.people for role in overview.people_per_role(session)}

    assert found == {"viewer": 3, "user": 2, "admin": 0}


def test_a_permission_counts_as_granted_by_other_roles_than_admin(session):
    session.add(Permission(code="document:share", resource="document", action="share"))
    session.commit()

    found = {one.code: one.is_granted for one in overview.permissions(session)}

    assert list(found) == sorted(found)
    assert (found["document:read"], found["user:read"], found["document:share"]) == (
        *(True, False, False),
    )


def test_administrators_are_active_and_hold_admin(session, ada, vera, person):
    person("nora", roles=["admin"], is_active=False)
    person("abe", roles=["admin", "user"])

    found = overview.administrators(session)

    assert [(one.username, one.signed_in_at) for one in found] == [("abe", None), ("ada", None)]


@pytest.fixture
def crowd(session):
    """Adds ten thousand and fifty users who view; the last of them is called ``u10049``."""
    number = paging.COUNTED + 50
    viewer = session.scalars(select(Role.id).where(Role.name == "viewer")).one()
    now = utcnow()
    rows = [
        {
            "username": f"u{n}",
            "email": f"u{n}@example.org",
            "password_hash": PASSWORD_HASH,
            "is_active": n % 4 > 0,
            "is_verified": True,
            "created_at": now,
            "updated_at": now,
        }
        for n in range(number)
    ]
    session.execute(insert(User), rows)
    ids = session.scalars(
        select(User.id).where(User.username.in_([row["username"] for row in rows]))
    )
    session.execute(insert(user_roles), [{"user_id": i, "role_id": viewer} for i in ids])
    session.commit()


@pytest.mark.slow
@pytest.mark.only_on("sqlite")
def test_a_crowd_is_counted_up_to_the_cap(session, crowd):
    found = overview.people(session)
    viewers = overview.people_per_role(session)[0]

    assert (found.active + found.inactive, found.is_complete) == (10_050, False)
    assert viewers.people == paging.COUNTED + 1
