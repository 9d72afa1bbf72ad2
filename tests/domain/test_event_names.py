"""Names that people enter to filter events: in any case, by address, by full name."""

import pytest

from app.domain import audit, event_names
from app.domain.audit import EventFilter
from app.domain.paging import Cursors
from app.domain.target import Target
from app.models import ApplicationSetting, Role
from tests.support.people import OPERATOR, acting


@pytest.fixture
def ingrid(session, person):
    """Ingrid Solberg, who changed settings and was given a role."""
    ingrid = person("ingrid.solberg", full_name="Ingrid  Solberg", email="i.s@example.org")
    for key in ("log_level", "Odd_Key"):
        session.add(ApplicationSetting(key=f"{key}_x"))
        target = Target("setting", f"{key}_x", 900)
        audit.record(session, "setting:changed", target, actor=acting(ingrid))
    audit.record(session, "role:assigned", Target.of_user(ingrid), actor=OPERATOR)
    role = Role(name="crew")
    session.add(role)
    session.flush()
    audit.record(session, "role:changed", Target.of_role(role), actor=OPERATOR)
    session.commit()
    return ingrid


def found(session, **filters):
    wanted = event_names.meant(session, EventFilter(**filters))
    return sorted(row.target_name for row in audit.events_page(session, wanted, Cursors()).rows)


@pytest.mark.parametrize(
    "text",
    ["ingrid.solberg", "Ingrid.Solberg", "Ingrid Solberg", "ingrid solberg", "I.S@example.org"],
)
def test_people_are_found_by_each_of_their_names(session, ingrid, text):
    assert found(session, actor=text) == ["Odd_Key_x", "log_level_x"]
    assert found(session, target=text) == ["ingrid.solberg"]
    assert found(session, target=text, type="setting") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("LOG_LEVEL_X", "log_level_x"), ("odd_key_x", "Odd_Key_x"), ("Crew", "crew")],
)
def test_keys_and_names_of_roles_are_found_in_any_case(session, ingrid, text, name):
    assert found(session, target=text) == [name]


def test_a_name_of_the_record_is_taken_as_it_is(session, ingrid, person):
    person("other", full_name="ingrid.solberg")

    assert found(session, actor="ingrid.solberg") == ["Odd_Key_x", "log_level_x"]
    assert found(session, actor="Ingrid") == []
    assert found(session, target="ingrid") == []


def test_what_is_gone_is_found_in_lower_case(session, ingrid):
    audit.record(session, "setting:deleted", Target("setting", "gone_key", 901), actor=OPERATOR)
    session.commit()

    assert found(session, target="GONE_KEY") == ["gone_key"]


def test_two_people_of_one_full_name_are_found_together(session, ingrid, person):
    other = person("solberg", full_name="Ingrid Solberg")
    audit.record(session, "user:changed", Target("user", "x", 99), actor=acting(other))
    session.commit()

    assert found(session, actor="Ingrid Solberg") == ["Odd_Key_x", "log_level_x", "x"]
