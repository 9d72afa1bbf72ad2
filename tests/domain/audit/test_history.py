"""The newest changes, and whether what they tell of is still there."""

from datetime import timedelta

import pytest

from app.domain import audit, overview, settings
from app.domain.target import Target
from app.models import ApplicationSetting, Role, User
from app.models.base import utcnow
from tests.support.contents import recorded
from tests.support.people import OPERATOR, acting

EARLIER = timedelta(minutes=1)


def record(session, target, action="setting:changed", actor=OPERATOR):
    event = audit.record(session, action, target, actor=actor)
    session.commit()
    return audit.get(session, event.id)


def add(session, row):
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def vera_before(session, vera):
    """An event of somebody who had Vera's id before her."""
    event = record(session, Target("user", "victor", vera.id), "user:activated")
    vera.created_at = event.at + EARLIER
    session.commit()
    return event


def told(entries):
    return [(entry.event.target_name, entry.is_there) for entry in entries]


def test_the_newest_come_first_and_not_too_many(session):
    events = [record(session, Target("setting", f"no {number}", 1)) for number in range(22)]

    assert [entry.event for entry in audit.recent(session, limit=3)] == events[:18:-1]
    assert len(audit.recent(session)) == 20


def test_the_events_of_one_thing_leave_out_the_others(session):
    setting = settings.by_key(session, "chunk_size")
    wanted = record(session, Target.of_setting(setting))
    record(session, Target("setting", "chunk_overlap", setting.id + 1))
    record(session, Target("user", "ada", setting.id), "user:created")

    assert [entry.event for entry in audit.history_of(session, Target.of_setting(setting))] == [
        wanted
    ]


def test_what_is_there_is_there(session, vera):
    role = add(session, Role(name="team"))
    for target in (Target("role", "team", role.id), Target.of_user(vera)):
        record(session, target)
    record(session, Target.of_setting(settings.by_key(session, "chunk_size")))

    assert told(audit.recent(session)) == [("chunk_size", True), ("vera", True), ("team", True)]


def test_what_is_gone_or_is_no_row_is_not_there(session):
    for target in (
        Target("user", "nora", 2**31 - 1),
        Target("page", "/users"),
        Target("list", "x"),
    ):
        record(session, target)

    assert [entry.is_there for entry in audit.recent(session)] == [False] * 3


def test_who_was_renamed_is_still_the_same(session, vera):
    record(session, Target.of_user(vera))
    vera.username = "veronica"
    session.commit()

    assert told(audit.recent(session)) == [("vera", True)]
    assert told(audit.history_of(session, Target.of_user(vera))) == [("vera", True)]


def test_whoever_has_the_id_of_somebody_deleted_is_not_that_one(session, vera, vera_before):
    assert told(audit.recent(session)) == [("victor", False)]
    assert audit.history_of(session, Target.of_user(vera)) == []


def test_a_role_that_has_the_id_of_one_deleted_is_not_that_one(session):
    role = add(session, Role(name="team"))
    record(session, Target("role", "crew", role.id), "role:created")
    role.created_at = utcnow() + EARLIER
    session.commit()

    assert told(audit.recent(session)) == [("crew", False)]
    assert audit.history_of(session, Target("role", "team", role.id)) == []


def test_a_setting_that_has_the_id_of_another_is_not_that_one(session):
    setting = settings.by_key(session, "chunk_size")
    record(session, Target("setting", "shard_size", setting.id))

    assert told(audit.recent(session)) == [("shard_size", False)]
    assert audit.history_of(session, Target.of_setting(setting)) == []


def test_a_setting_that_was_restored_keeps_its_history(session):
    setting = add(session, ApplicationSetting(key="greeting"))
    target = Target.of_setting(setting)
    for action in ("setting:created", "setting:deleted", "setting:restored"):
        record(session, target, action)
    setting.created_at = utcnow() + EARLIER
    session.commit()

    assert told(audit.recent(session)) == [("greeting", True)] * 3
    assert len(audit.history_of(session, target)) == 3


def test_a_setting_that_was_deleted_and_made_anew_begins_anew(session):
    target = Target.of_setting(add(session, ApplicationSetting(key="greeting")))
    for action in ("setting:created", "setting:deleted", "setting:created"):
        record(session, target, action)

    assert [entry.event.action for entry in audit.history_of(session, target)] == [
        "setting:created"
    ]


def test_nobody_has_signed_in_because_another_one_did(session, ada):
    event = record(session, Target("user", "adam", ada.id), "user:signed-in")
    assert [one.signed_in_at for one in overview.administrators(session)] == [event.at]

    ada.created_at = event.at + EARLIER
    session.commit()

    assert [one.signed_in_at for one in overview.administrators(session)] == [None]


@pytest.mark.only_on("sqlite")
def test_sqlite_does_give_an_id_again(session, vera):
    number = vera.id
    record(session, Target.of_user(vera))
    session.delete(vera)
    session.commit()
    nora = add(session, User(username="nora", email="nora@example.org", password_hash="!"))

    assert nora.id == number
    assert told(audit.recent(session)) == [("vera", False)]
    assert audit.history_of(session, Target.of_user(nora)) == []


def deny(session, who, page, times=1):
    for _ in range(times):
        record(session, Target("page", page), "permission:denied", actor=who)


def test_refusals_of_one_person_and_page_are_one_entry(session, ada, omar):
    changed = record(session, Target("user", "vera", 1), "user:activated")
    deny(session, acting(omar), "/users", 20)
    deny(session, acting(omar), "/roles")

    entries = audit.recent(session, limit=12)

    assert [(entry.event.target_name, entry.times) for entry in entries] == [
        ("/roles", 1),
        ("/users", 20),
        ("vera", 1),
    ]
    assert entries[-1].event.id == changed.id
    assert len(recorded(session)) == 22


def test_refusals_take_a_third_of_the_list_at_most(session, ada, omar, vera):
    for number in range(12):
        record(session, Target("user", f"user {number}", 1), "user:activated")
    for number in range(20):
        deny(session, acting(omar), f"/roles/{number}", 2)
    deny(session, acting(vera), "/users")

    entries = audit.recent(session, limit=12)

    assert len(entries) == 12
    assert [(entry.times, entry.targets) for entry in entries[:2]] == [(1, 1), (40, 20)]
    names = [entry.event.target_name for entry in entries[2:]]
    assert names == [f"user {number}" for number in range(11, 1, -1)]


def test_refused_changes_of_one_user_are_added_up(session, ada, vera, omar):
    target = Target.of_user(vera)
    record(session, target, "user:activated")
    for _ in range(20):
        record(session, target, "change:refused", actor=acting(omar))

    entries = audit.history_of(session, target)

    assert [(entry.event.action, entry.times) for entry in entries] == [
        ("change:refused", 20),
        ("user:activated", 1),
    ]
