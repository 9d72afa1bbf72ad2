"""The start: values of settings that were never recorded, taken by the first save or record."""

import pytest
from sqlalchemy import insert, select, update

from app.domain import audit, event_export, settings
from app.domain.actor import OUTSIDE
from app.domain.confirmation import Deletion
from app.domain.settings import NewSetting, SecretKeys, SettingEdit
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent
from app.models.base import utcnow
from app.unit_of_work import carry_out
from tests.support.contents import STARTED, events, recorded
from tests.support.past_settings import change
from tests.support.people import OPERATOR

PASSWORD = "hunter2hunter2"


def by_other_program(session, key, value):
    changed = update(ApplicationSetting).where(ApplicationSetting.key == key)
    session.execute(changed.values(value=value))
    session.commit()


def record_all(session):
    return carry_out(lambda: settings.record_all_outside(session, actor=OPERATOR), actor=OUTSIDE)


def save(session, key, value):
    change(session, settings.by_key(session, key), value)


def outside(session):
    session.expire_all()
    found = settings.all_outside_changes(session)
    return [(one.target.name, one.before, one.after) for one in found]


def told(session, key):
    return [
        (one.actor, one.before["value"], one.after["value"])
        for one in events(session)
        if one.target == key
    ]


def starts(session):
    return [event for event in recorded(session) if event.action == STARTED]


def first_save(session):
    save(session, "chunk_size", "777")


def first_creation(session):
    settings.create(session, NewSetting("made_here", "string", "1"), actor=OPERATOR)
    session.commit()


def first_secret(session):
    engine = session.get_bind()
    session.add(ApplicationSetting(key="vector_api_key", value=PASSWORD))
    session.commit()
    engine.update_execution_options(**{settings.KEYS: SecretKeys(bytes(32))})
    save(session, "vector_api_key", None)
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


@pytest.mark.parametrize("begin", [record_all, first_save, first_creation, first_secret])
def test_what_was_never_saved_is_compared_with_the_start(session, begin):
    begin(session)
    name = settings.by_key(session, "app_name").value
    by_other_program(session, "app_name", "Hacked")
    assert outside(session) == [("app_name", name, "Hacked")]

    moment = utcnow()
    then = {one.key: one.value for one in settings.as_of(session, moment).values}
    assert then["app_name"] == name
    save(session, "app_name", "Ours")

    assert told(session, "app_name") == [
        (OUTSIDE.name, name, "Hacked"),
        ("os:operator", "Hacked", "Ours"),
    ]
    assert {one.key: one.value for one in settings.as_of(session, moment).values} == then


def test_the_start_is_taken_once(session):
    number = sum(not line.is_secret for line in settings.read_all(session))

    assert record_all(session) == (0, number)
    save(session, "chunk_size", "777")
    assert record_all(session) == (0, 0)

    values = {key: value for one in starts(session) for key, value in held(one)}
    assert len(values) == number
    assert values["chunk_size"] == "1000"


def held(event):
    return audit.fields_of(event.after)["values"].values()


def test_a_deletion_tells_first_what_another_program_changed(session):
    record_all(session)
    by_other_program(session, "app_name", "Hacked")
    setting = settings.by_key(session, "app_name")

    typed = Deletion(name="app_name", etag=settings.etag_of(setting))
    settings.delete(session, setting.id, typed, actor=OPERATOR)
    session.commit()

    assert [one.action for one in events(session)[-2:]] == [
        "setting:changed-outside",
        "setting:deleted",
    ]


def test_what_another_program_adds_is_known_since_the_next_record(session):
    record_all(session)
    session.add(ApplicationSetting(key="added", value="1"))
    session.commit()
    by_other_program(session, "added", "2")
    assert outside(session) == []

    assert record_all(session) == (0, 1)
    by_other_program(session, "added", "3")

    assert outside(session) == [("added", "2", "3")]


def test_a_later_creation_takes_no_second_start(session):
    record_all(session)
    number = len(starts(session))

    first_creation(session)

    assert len(starts(session)) == number


@pytest.mark.only_on("sqlite")
def test_a_setting_of_the_console_needs_no_start(session):
    settings.create(session, NewSetting("made_here", "string", "1"), actor=OPERATOR)
    session.commit()
    record_all(session)

    assert "made_here" not in [key for one in starts(session) for key, _ in held(one)]


@pytest.mark.only_on("sqlite")
def test_a_setting_that_was_deleted_and_came_back_is_another_one(session):
    record_all(session)
    setting = settings.by_key(session, "app_name")
    typed = Deletion(name="app_name", etag=settings.etag_of(setting))
    settings.delete(session, setting.id, typed, actor=OPERATOR)
    session.commit()
    session.add(ApplicationSetting(key="app_name", value="From a script"))
    session.commit()
    assert outside(session) == []

    assert record_all(session) == (0, 1)
    by_other_program(session, "app_name", "Hacked")

    assert outside(session) == [("app_name", "From a script", "Hacked")]


@pytest.mark.only_on("sqlite")
def test_a_start_of_the_same_moment_does_not_contradict_a_save(session):
    """Two first saves at once each take a start, which holds what the other is changing."""
    save(session, "chunk_size", "777")
    setting = settings.by_key(session, "chunk_size")
    values = {str(setting.id): ["chunk_size", "1000"]}
    target = Target("settings", "values of settings", 0)
    audit.record(session, STARTED, target, actor=OPERATOR, after={"values": values})
    session.commit()

    assert outside(session) == []


@pytest.mark.only_on("sqlite")
def test_the_start_holds_no_secret(session):
    session.add(ApplicationSetting(key="vector_api_key", value=PASSWORD))
    session.add(ApplicationSetting(key="queue_url", value=f"amqp://user:{PASSWORD}@host"))
    session.commit()

    record_all(session)

    assert PASSWORD not in str([event.after for event in recorded(session)])
    by_other_program(session, "queue_url", f"amqp://user:another{PASSWORD}@host")
    assert outside(session) == []


@pytest.mark.only_on("sqlite")
def test_a_secret_that_was_none_yet_is_hidden_in_exports(session):
    session.add(ApplicationSetting(key="sounds_harmless", value=PASSWORD))
    session.commit()
    record_all(session)
    setting_id = settings.by_key(session, "sounds_harmless").id
    settings.mark_secret(session, setting_id, is_secret=True, actor=OPERATOR)
    session.commit()

    rows = session.execute(select(AuditEvent.__table__)).all()
    pieces = event_export.encoded([rows], settings.secret_marks(session), "jsonl")

    text = b"".join(pieces).decode()
    assert PASSWORD not in text
    assert '"sounds_harmless": "Set (hidden)"' in text
    assert '"chunk_size": "1000"' in text


@pytest.mark.only_on("sqlite")
def test_a_password_that_an_earlier_version_did_not_see_is_masked(session):
    target, values = Target("settings", "values of settings", 0), {"1": ("a_dsn", "amqp://a:b@h")}
    audit.record(session, STARTED, target, actor=OPERATOR, after={"values": values})
    session.commit()

    rows = session.execute(select(AuditEvent.__table__)).all()
    pieces = event_export.encoded([rows], settings.secret_marks(session), "jsonl")

    assert '"a_dsn": "amqp://a:•••@h"' in b"".join(pieces).decode()


@pytest.mark.only_on("sqlite")
def test_a_secret_that_is_none_any_more_did_not_change(session):
    setting = ApplicationSetting(key="once_hidden", value="shown")
    session.add(setting)
    session.flush()
    target = Target.of_setting(setting)
    after = {"value": None, "is_set": True}
    audit.record(session, "setting:created", target, actor=OPERATOR, after=after)
    session.commit()

    assert outside(session) == []


def test_three_thousand_settings_make_few_events(session):
    rows = [{"key": f"many_{number:04}", "value": "x" * 50} for number in range(3_000)]
    session.execute(insert(ApplicationSetting), rows)
    session.commit()

    assert record_all(session)[1] > 3_000
    assert len(starts(session)) <= 33
    by_other_program(session, "many_2900", "y")

    assert outside(session) == [("many_2900", "x" * 50, "y")]
    assert record_all(session) == (1, 0)


def test_long_values_are_parted_between_events(session):
    for number in range(20):
        session.add(ApplicationSetting(key=f"long_{number}", value="x" * 60_000))
    session.commit()

    record_all(session)

    lengths = [len(event.after) for event in starts(session)]
    assert max(lengths) < 1_100_000
    assert sum(lengths) > 1_200_000
    by_other_program(session, "long_3", "y")
    assert [key for key, _, _ in outside(session)] == ["long_3"]


def test_a_save_by_another_etag_takes_no_start(session):
    setting = settings.by_key(session, "chunk_size")
    with pytest.raises(settings.SettingChangedMeanwhile):
        settings.change(session, setting.id, SettingEdit("1", "other"), actor=OPERATOR)
    session.rollback()

    assert starts(session) == []
