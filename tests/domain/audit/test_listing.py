"""The audit log: one row for each save, whatever the filter, on pages that miss nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.audit import Change, EventFilter
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors
from app.domain.target import Target
from app.models import AuditEvent

ADA = Actor(kind=ActorKind.PERSON, name="ada", id=7, request_id="abc")
ROOT = Actor(kind=ActorKind.COMMAND, name="os:Root")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def log(session):
    """A save of two settings by Ada, a refusal, a denial, a sign-in, and a command."""
    changes = [(Target("setting", key, 1), Change("setting:changed")) for key in ("a", "b")]
    audit.record_save(session, changes, actor=ADA, reason="Both.")
    for action, target, actor in (
        ("change:refused", Target("role", "admin", 1), ADA),
        ("permission:denied", Target("page", "/users"), ADA),
        ("user:signed-in", Target("user", "ada", 7), ADA),
        ("setting:changed", Target("setting", "a", 1), ROOT),
    ):
        audit.record(session, action, target, actor=actor)
    session.commit()


def shown(session, **filters):
    page = audit.list_saves(session, EventFilter(**filters), Cursors())
    return [[event.target_name for event in save.events] for save in page.saves]


@pytest.mark.parametrize(
    ("filters", "saves"),
    [
        ({}, [["a"], ["/users"], ["admin"], ["a", "b"]]),
        ({"sign_ins": True}, [["a"], ["ada"], ["/users"], ["admin"], ["a", "b"]]),
        ({"action": "user:signed-in"}, [["ada"]]),
        ({"actor": "Ada"}, [["/users"], ["admin"], ["a", "b"]]),
        ({"actor": "os:Root"}, [["a"]]),
        ({"target": "b"}, [["b"]]),
        ({"target": "a", "type": "setting"}, [["a"], ["a"]]),
        ({"target": "a", "type": "user"}, []),
        ({"type": "setting"}, [["a"], ["a", "b"]]),
        ({"type": "user"}, []),
        ({"type": "user", "sign_ins": True}, [["ada"]]),
        ({"outcome": "done"}, [["a"], ["a", "b"]]),
        ({"outcome": "refused"}, [["admin"]]),
        ({"outcome": "denied"}, [["/users"]]),
        ({"request": "abc", "action": "setting:changed"}, [["a", "b"]]),
        ({"until": NOON}, []),
        ({"since": NOON - timedelta(days=9000), "target": "b"}, [["b"]]),
        ({"actor": "a\0"}, []),
    ],
)
def test_a_filter_leaves_what_matches(session, log, filters, saves):
    assert shown(session, **filters) == saves


@pytest.mark.parametrize(
    ("text", "count"), [("0123456789abcdef", 1), ("01234567", 2), ("0123456", 0), ("x" * 9, 0)]
)
def test_a_request_is_found_by_its_first_eight_characters(session, text, count):
    for request_id in ("0123456789abcdef", "01234567ffffffff", "0123456800000000"):
        actor = Actor(ActorKind.PERSON, "ada", 7, request_id=request_id)
        audit.record(session, "setting:changed", Target("setting", "a", 1), actor=actor)
    session.commit()

    assert len(shown(session, request=text)) == count


def test_too_many_requests_ask_for_more_of_the_id(session):
    for number in range(21):
        actor = Actor(ActorKind.PERSON, "ada", 7, request_id=f"01234567{number:08x}")
        audit.record(session, "setting:changed", Target("setting", "a", 1), actor=actor)
    session.commit()

    with pytest.raises(InvalidValue, match="More than 20 request IDs begin with 01234567"):
        shown(session, request="01234567")


def test_an_outcome_that_there_is_not_is_refused():
    with pytest.raises(InvalidValue):
        EventFilter(outcome="lost")


def test_a_large_save_is_one_row(session):
    changes = [(Target("user", f"u{n}", n), Change("role:assigned")) for n in range(1, 40)]
    audit.record_save(session, changes, actor=ADA)
    session.commit()

    [save] = audit.list_saves(session, EventFilter(), Cursors()).saves

    assert [event.target_name for event in save.events] == ["u1", "u2", "u3", "u4", "u5"]
    assert save.count == 39


def test_the_pages_hold_each_save_once_also_those_of_one_moment_and_without_an_id(session):
    details = {"actor_kind": "person", "actor_name": "ada", "action": "setting:changed"}
    for number in range(9):
        save = None if number % 2 else f"save {number // 4}"
        at = NOON + timedelta(seconds=number // 5)
        event = AuditEvent(at=at, save_id=save, target_type="setting", **details)
        event.target_name = str(number)
        session.add(event)
        session.flush()
    session.commit()

    pages, cursors = [], Cursors()
    while cursors:
        page = audit.list_saves(session, EventFilter(), cursors, size=2)
        pages += [[event.target_name for event in save.events] for save in page.saves]
        cursors = Cursors(page.after) if page.after else None

    assert pages == [["8"], ["7"], ["5"], ["4", "6"], ["3"], ["1"], ["0", "2"]]
