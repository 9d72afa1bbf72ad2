"""Filters by ID: all events of one person or role, whatever the name, and none of a namesake."""

from datetime import timedelta

import pytest

from app.domain import audit, roles
from app.domain.audit import EventFilter, lifetimes
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors
from app.domain.target import Target
from app.models import AuditEvent
from tests.support.people import OPERATOR, acting

SECOND = timedelta(seconds=1)


def found(session, **filters):
    """Return the filtered names of targets: of the list, which a page and an export agree with."""
    events = EventFilter(**filters)
    saves = audit.list_saves(session, events, Cursors()).saves
    listed = [event.target_name for save in saves for event in save.events]
    of_page = [row.target_name for row in audit.events_page(session, events, Cursors()).rows]
    exported = [row.target_name for row in audit.export_batch(events, session, 0)]
    assert audit.count_for_export(session, events) == len(listed)
    assert sorted(listed) == sorted(of_page) == sorted(exported)
    return listed


@pytest.fixture
def lives(session, vera):
    """Three people with one ID: Victor, Vince whose deletion was not recorded, and Vera."""
    start = vera.created_at - timedelta(days=1)
    steps = ("user:created", "user:changed", "user:deleted", "user:created", "user:changed")
    for number, action in enumerate(steps):
        name = "victor" if number < 3 else "vince"
        fields = {"actor_kind": "person", "actor_id": vera.id, "actor_name": name}
        fields |= {"target_type": "user", "target_id": vera.id, "target_name": name}
        at = start + number * SECOND
        session.add(AuditEvent(at=at, action=action, **fields))
    session.commit()
    audit.record(session, "user:changed", Target.of_user(vera), actor=acting(vera))
    session.commit()
    return start


def test_a_person_is_found_under_any_name_and_no_namesake_is(session, ada, vera, person):
    audit.record(session, "user:changed", Target.of_user(vera), actor=acting(vera))
    vera.username = "veronica"
    session.commit()
    audit.record(session, "user:changed", Target.of_user(vera), actor=acting(vera))
    namesake = person("vera", email="v@example.org")
    audit.record(session, "role:assigned", Target.of_user(namesake), actor=acting(namesake))
    session.commit()

    for one, names in ((vera, ["veronica", "vera"]), (namesake, ["vera"])):
        assert found(session, type="user", target_ids=(one.id,)) == names
        assert found(session, actor_ids=(one.id,)) == names
    assert found(session, type="user", target_ids=(vera.id,), action="role:assigned") == []
    assert found(session, actor="vera") == ["vera", "vera"]


def test_a_role_is_found_under_any_name(session, ada):
    role = roles.create(session, roles.NewRole("crew"), actor=OPERATOR)
    session.commit()
    audit.record(session, "role:renamed", Target("role", "team", role.id), actor=OPERATOR)
    audit.record(session, "role:changed", Target("role", "crew", role.id + 1), actor=OPERATOR)
    session.commit()

    assert found(session, type="role", target_ids=(role.id,)) == ["team", "crew"]


@pytest.mark.parametrize(
    ("seconds", "names"),
    [
        (0, ["victor"] * 3),
        (2, ["victor"] * 3),
        (3, ["vince"] * 2),
        (4, ["vince"] * 2),
        (9_000_000, ["vera"]),
        (None, ["vera"]),
    ],
)
def test_of_an_id_that_was_given_again_one_life_is_found(session, vera, lives, seconds, names):
    as_of = None if seconds is None else lives + seconds * SECOND

    assert found(session, actor_ids=(vera.id,), as_of=as_of) == names
    assert found(session, type="user", target_ids=(vera.id,), as_of=as_of) == names
    filters = EventFilter(type="user", target_ids=(vera.id,), actor_ids=(vera.id,), as_of=as_of)
    assert audit.names_of_ids(session, filters) == (names[0], names[0])


def test_of_an_id_that_nobody_has_the_last_life_is_found(session, vera, lives, ada):
    vera_id = vera.id
    session.delete(vera)
    audit.record(session, "user:deleted", Target("user", "vera", vera_id), actor=acting(ada))
    session.commit()

    # Nothing tells Vince from Vera: neither his deletion nor her creation was recorded.
    assert set(found(session, actor_ids=(vera_id,))) == {"vince", "vera"}
    assert found(session, type="user", target_ids=(vera_id,))[0] == "vera"
    assert found(session, actor_ids=(vera_id,), as_of=lives) == ["victor"] * 3


def test_what_is_no_id_is_refused():
    for filters in ({"actor_ids": (0,)}, {"actor_ids": (2**31,)}, {"target_ids": (1,)}):
        with pytest.raises(InvalidValue):
            EventFilter(**filters)


def test_what_has_no_row_has_one_lifetime(session):
    assert lifetimes.lifetime(session, "page", 5) == lifetimes.ALWAYS
