"""Settings: changed under a lock, with the value that the editor had in view."""

import threading

import pytest
from sqlalchemy import func, select, text

from app.domain import settings
from app.domain.errors import InvalidValue, NotFound
from app.domain.settings import SettingChangedMeanwhile, SettingEdit, SettingIsReadOnly
from app.models import ApplicationSetting, AuditEvent
from app.unit_of_work import carry_out
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting


@pytest.fixture
def make(session):
    """Adds a setting, as another program would."""

    def make(key="greeting", value="Hello", **columns):
        setting = ApplicationSetting(key=key, value=value, **columns)
        session.add(setting)
        session.commit()
        return setting

    return make


def change(session, setting, typed, *, etag=None, reason="", actor=OPERATOR):
    seen = etag or settings.etag_of(setting)
    edit, setting_id = SettingEdit(typed, seen, reason), setting.id
    return carry_out(lambda: settings.change(session, setting_id, edit, actor=actor), actor=actor)


def test_a_change_is_recorded_with_both_values_and_the_reason(session, make, ada):
    setting = make()

    change(session, setting, "Goodbye", reason=" Closing. ", actor=acting(ada))

    assert setting.value == "Goodbye"
    assert events(session) == [
        Event(
            "setting:changed",
            "ada",
            "greeting",
            {"value": "Hello"},
            {"value": "Goodbye"},
            "Closing.",
        )
    ]


def test_a_change_and_its_event_are_rolled_back_together(session, make):
    setting = make()
    before = digests(session.get_bind())

    edit = SettingEdit("Goodbye", settings.etag_of(setting), "")
    settings.change(session, setting.id, edit, actor=OPERATOR)
    session.rollback()

    assert digests(session.get_bind()) == before


@pytest.mark.parametrize(("old", "new"), [(None, ""), ("", None), ("x", None), (None, "x")])
def test_not_set_and_empty_are_two_things(session, make, old, new):
    setting = make(value=old)

    change(session, setting, new)

    assert setting.value == new
    assert [(one.before, one.after) for one in events(session)] == [
        ({"value": old}, {"value": new})
    ]


def test_the_value_it_has_already_is_no_change(session, make):
    setting = make(data_type="integer", value="5")
    updated = setting.updated_at

    assert change(session, setting, " 05 ") is None

    assert setting.updated_at == updated
    assert events(session) == []


@pytest.mark.parametrize(
    ("old", "theirs"),
    [
        ("Hello", "hello"),
        ("Hello", "HELLO"),
        ("Hello", "Hello "),
        ("Hello ", "Hello"),
        ("Hello", "Hello\t"),
        ("Hello", "Hello\n"),
        ("a\u0301", "\u00e1"),
        ("straße", "strasse"),
        ("ａ", "a"),
        ("", " "),
        ("", None),
        (None, ""),
        ("null", None),
        ("1", "1.0"),
    ],
)
def test_what_another_program_wrote_meanwhile_is_not_overwritten(session, make, old, theirs):
    setting = make(value=old)
    etag = settings.etag_of(setting)
    raw_update(session, setting.id, "value = :new", new=theirs)

    with pytest.raises(SettingChangedMeanwhile) as conflict:
        change(session, setting, "mine", etag=etag)

    assert conflict.value.setting.value == theirs
    assert value_of(session, setting) == theirs
    assert events(session) == []


@pytest.mark.parametrize(
    ("assignment", "new"), [("data_type = :new", "json"), ("`key` = :new", "salutation")]
)
def test_a_setting_that_is_another_kind_of_thing_now_is_not_overwritten(
    session, make, assignment, new
):
    setting = make()
    etag = settings.etag_of(setting)
    raw_update(session, setting.id, assignment, new=new)

    with pytest.raises(SettingChangedMeanwhile):
        change(session, setting, '"mine"', etag=etag)


@pytest.mark.parametrize("etag", ["", "0" * 32, "\ud800", "é"])
def test_without_the_etag_of_what_was_shown_nothing_is_saved(session, make, etag):
    setting = make()

    with pytest.raises(SettingChangedMeanwhile):
        change(session, setting, "mine", etag=etag or " ")


def test_a_description_or_category_that_changed_is_no_conflict(session, make):
    setting = make()
    etag = settings.etag_of(setting)
    raw_update(session, setting.id, "description = :new", new="Words")
    raw_update(session, setting.id, "category = :new", new="Words")

    change(session, setting, "mine", etag=etag)

    assert value_of(session, setting) == "mine"


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (
            {"is_mutable": False},
            "greeting cannot be changed here. Marked read-only in the database.",
        ),
        (
            {"key": "OPENAI_API_KEY"},
            "Secret: the console cannot change it without MASTER_ENCRYPTION_KEY",
        ),
        ({"data_type": "duration"}, "Its data type, duration, is not one that"),
    ],
)
def test_a_locked_setting_stays_and_the_refusal_is_recorded(session, make, ada, columns, why):
    setting = make(**columns)
    before = digests(session.get_bind())

    with pytest.raises(SettingIsReadOnly, match=why):
        change(session, setting, "mine", actor=acting(ada))

    assert digests(session.get_bind()) == before
    [event] = events(session)
    assert (event.action, event.actor, event.target) == ("change:refused", "ada", setting.key)
    assert why in event.after["refusal"]
    assert "Hello" not in str(event)


def test_a_setting_that_was_locked_meanwhile_stays(session, make):
    setting = make()
    etag = settings.etag_of(setting)
    raw_update(session, setting.id, "is_mutable = :new", new=False)

    with pytest.raises(SettingIsReadOnly):
        change(session, setting, "mine", etag=etag)

    assert value_of(session, setting) == "Hello"


@pytest.mark.parametrize(
    ("data_type", "typed", "field"),
    [
        ("integer", "1_000", "value"),
        ("integer", str(2**63), "value"),
        ("float", "NaN", "value"),
        ("boolean", "maybe", "value"),
        ("json", '{"a": 1, "a": 2}', "value"),
        ("string", "a\0b", "value"),
        ("string", "\ud800", "value"),
        ("string", "é" * 40_000, "value"),
    ],
)
def test_what_is_no_value_of_the_type_changes_nothing(session, make, data_type, typed, field):
    setting = make(data_type=data_type, value=None)
    before = digests(session.get_bind())

    with pytest.raises(InvalidValue) as refusal:
        change(session, setting, typed)

    assert refusal.value.field == field
    assert digests(session.get_bind()) == before
    assert events(session) == []


def test_a_reason_that_is_too_long_changes_nothing(session, make):
    setting = make()

    with pytest.raises(InvalidValue) as refusal:
        change(session, setting, "mine", reason="x" * 501)

    assert refusal.value.field == "reason"
    assert setting.value == "Hello"


def test_the_longest_value_and_reason_fit_everywhere(session, make):
    setting = make(value="a" * 65_535)

    change(session, setting, "🦊" * 16_383 + "abc", reason="🦊" * 500)

    session.expire_all()
    assert len(setting.value.encode()) == 65_535
    [event] = events(session)
    assert event.before == {"value": "a" * 65_535}
    assert event.after == {"value": setting.value}


@pytest.mark.only_on("postgresql", "mysql")
def test_what_another_program_is_writing_in_the_same_moment_is_told(app, session, make):
    setting = make()
    engine, setting_id, etag = session.get_bind(), setting.id, settings.etag_of(setting)
    told = []

    def save():
        with app.app_context():
            settings.get(session, setting_id)
            try:
                change(session, setting_like(setting_id), "mine", etag=etag)
            except SettingChangedMeanwhile as conflict:
                told.append(conflict.setting.value)

    session.rollback()
    thread = threading.Thread(target=save)
    with engine.begin() as other_program:
        other_program.execute(
            text("UPDATE application_settings SET value = 'hello' WHERE id = :id"),
            {"id": setting_id},
        )
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()

    assert told == ["hello"]
    assert session.scalar(select(func.count(AuditEvent.id))) == 0


def setting_like(setting_id):
    return ApplicationSetting(id=setting_id)


def raw_update(session, setting_id, assignments, **values):
    """Write as the backend does: by SQL of its own, without the console's versions or locks."""
    quote = session.get_bind().dialect.identifier_preparer.quote
    statement = f"UPDATE application_settings SET {assignments} WHERE id = :id"
    session.rollback()
    with session.get_bind().begin() as connection:
        connection.execute(
            text(statement.replace("`key`", quote("key"))), values | {"id": setting_id}
        )
    session.rollback()


def value_of(session, setting):
    session.expire_all()
    return setting.value


def test_a_setting_that_does_not_exist_is_not_found(session):
    edit = SettingEdit("x", "", "")
    for ask in (
        lambda: settings.get(session, 2**31 - 1),
        lambda: settings.by_key(session, "Chunk_Size"),
        lambda: settings.by_key(session, "chunk_size "),
        lambda: settings.by_key(session, "chunk\0size"),
        lambda: settings.change(session, 2**31 - 1, edit, actor=OPERATOR),
    ):
        with pytest.raises(NotFound):
            ask()
