"""Changes from outside: seen beside the record, and recorded once by the next save."""

import pytest
from sqlalchemy import update

from app.domain import settings
from app.domain.actor import OUTSIDE
from app.domain.settings import BulkSettingEdit, SettingEdit
from app.models import ApplicationSetting
from app.unit_of_work import carry_out
from tests.support.contents import events
from tests.support.people import OPERATOR


def by_other_program(session, value, key="chunk_size"):
    changed = update(ApplicationSetting).where(ApplicationSetting.key == key)
    session.execute(changed.values(value=value))
    session.commit()


def save(session, value, key="chunk_size"):
    setting = settings.by_key(session, key)
    setting_id, edit = setting.id, SettingEdit(value, settings.etag_of(setting))
    return carry_out(
        lambda: settings.change(session, setting_id, edit, actor=OPERATOR), actor=OPERATOR
    )


def save_many(session, value, key="chunk_size"):
    setting = settings.by_key(session, key)
    edits = {setting.id: SettingEdit(value, settings.etag_of(setting))}
    carry_out(
        lambda: settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR),
        actor=OPERATOR,
    )


def record_all(session):
    changes, _ = carry_out(
        lambda: settings.record_all_outside(session, actor=OPERATOR), actor=OUTSIDE
    )
    return changes


def told(session):
    return [(event.actor, event.before["value"], event.after["value"]) for event in events(session)]


@pytest.mark.parametrize("save_again", [save, save_many])
def test_the_next_save_records_what_another_program_changed_once(session, save_again):
    old = settings.by_key(session, "chunk_size").value
    save(session, "700")
    by_other_program(session, "800")

    save_again(session, "900")
    save_again(session, "1000")

    assert told(session) == [
        ("os:operator", old, "700"),
        (OUTSIDE.name, "700", "800"),
        ("os:operator", "800", "900"),
        ("os:operator", "900", "1000"),
    ]
    assert events(session)[1].action == "setting:changed-outside"
    assert events(session)[1].reason.startswith("Last recorded on ")


def test_all_that_was_changed_is_recorded_once(session):
    save(session, "700")
    by_other_program(session, None)

    assert [record_all(session), record_all(session)] == [1, 0]
    assert told(session)[1:] == [(OUTSIDE.name, "700", None)]
    assert settings.all_outside_changes(session) == []


@pytest.mark.only_on("sqlite")
def test_what_was_never_recorded_is_no_difference(session):
    by_other_program(session, "800")

    assert settings.all_outside_changes(session) == []
    assert record_all(session) == 0


@pytest.mark.only_on("sqlite")
def test_another_setting_with_the_id_of_an_earlier_one_is_no_difference(session):
    save(session, "700")
    renamed = update(ApplicationSetting).where(ApplicationSetting.key == "chunk_size")
    session.execute(renamed.values(key="chunks", value="800"))
    session.commit()

    assert settings.all_outside_changes(session) == []


@pytest.mark.only_on("sqlite")
def test_a_password_from_outside_is_never_recorded(session):
    setting = ApplicationSetting(key="queue_url", value="amqp://host")
    session.add(setting)
    session.commit()
    save(session, "amqp://other", "queue_url")
    by_other_program(session, "amqp://user:hunter2@host", "queue_url")

    record_all(session)

    assert "hunter2" not in str(events(session)[-1])
    assert record_all(session) == 0
