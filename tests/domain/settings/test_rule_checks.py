"""Rules of settings: every way of saving holds to them, also two at the same moment."""

from functools import partial

import pytest
from sqlalchemy import select

from app.domain import settings
from app.domain.confirmation import Confirmation, Deletion
from app.domain.errors import InvalidValue
from app.domain.settings import (
    BulkInvalid,
    BulkSettingEdit,
    NewSetting,
    SettingEdit,
    UnusualValue,
)
from app.extensions import db
from app.models import ApplicationSetting, CategoryRule, SettingRule, ValueRelation
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.people import OPERATOR

RANGE = '{"minimum": 0, "maximum": 2}'


def edit(session, key, text, **options):
    setting = settings.by_key(session, key)
    return setting.id, SettingEdit(text, settings.etag_of(setting), **options)


def save(session, key, text, **options):
    setting_id, typed = edit(session, key, text, **options)
    return carry_out(
        lambda: settings.change(session, setting_id, typed, actor=OPERATOR), actor=OPERATOR
    )


def save_many(session, reason="", **values):
    edits = dict(edit(session, key, text) for key, text in values.items())
    bulk = BulkSettingEdit(edits, reason)
    return carry_out(lambda: settings.change_many(session, bulk, actor=OPERATOR), actor=OPERATOR)


def add(session, *rows):
    session.add_all(rows)
    session.commit()


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("chunk_size", "0", "chunk_size must be at least 1."),
        ("chunk_overlap", "5000", "chunk_overlap must be less than chunk_size: chunk_overlap is"),
        ("max_document_size", "300 mega", "max_document_size must be a size such as 100MB"),
        ("log_level", "DEBG", "log_level must be DEBUG, INFO"),
        ("llm_provider", "nobody", "llm_provider must be openai, "),
    ],
)
def test_the_rules_of_the_defaults_hold(session, key, text, sentence):
    with pytest.raises(InvalidValue, match=sentence) as refusal:
        save(session, key, text)
    with pytest.raises(BulkInvalid) as bulk:
        save_many(session, **{key: text})

    assert refusal.value.field == "value"
    assert [str(error) for error in bulk.value.errors.values()] == [str(refusal.value)]


def test_a_relation_is_checked_with_the_values_that_the_save_leaves(session):
    save_many(session, chunk_overlap="5000", chunk_size="9000")

    with pytest.raises(BulkInvalid) as refusal:
        save_many(session, chunk_overlap="100", chunk_size="50")
    assert len(refusal.value.errors) == 2
    save(session, "chunk_overlap", None)
    save(session, "chunk_size", "50")


@pytest.mark.parametrize("key", ["prompt_token", "limit"])
@pytest.mark.parametrize("is_secret", [True, False])
def test_the_mark_of_a_setting_says_whether_relations_look_at_it(session, key, is_secret):
    add(session, ApplicationSetting(key=key, value="50", data_type="integer"))
    add(session, ApplicationSetting(key="room", value="9", data_type="integer"))
    add(session, SettingRule(key=key, is_secret=is_secret))
    add(session, ValueRelation(expression=f"{key} < room"))
    lines = {line.key: line.problem for line in settings.read_all(session)}
    state = settings.rule_state(session, settings.by_key(session, "room"))
    sentence = f"{key} must be less than room: {key} is 50 and room is 9"
    expected = "" if is_secret else sentence

    assert (lines["room"], state.findings.problem) == (expected, expected)
    if is_secret:
        save(session, "room", "8")
        return
    for changed, text in (("room", "8"), (key, "60")):
        with pytest.raises(InvalidValue, match=f"{key} must be less than room"):
            save(session, changed, text)


def test_a_warning_is_saved_when_it_is_confirmed(session):
    add(session, ApplicationSetting(key="temperature", value="1", data_type="float"))
    add(session, SettingRule(key="temperature", schema=RANGE, severity="warn"))

    with pytest.raises(UnusualValue, match=r"temperature is outside the usual range 0 to 2\."):
        save(session, "temperature", "3")
    assert save(session, "temperature", "3", anyway=True)

    state = settings.rule_state(session, settings.by_key(session, "temperature"))
    assert state.findings == ("", "Outside the usual range 0 to 2")


def test_all_warnings_are_told_before_they_are_confirmed_and_a_refusal_outweighs_them(session):
    add(session, ApplicationSetting(key="low", value="1", data_type="float"))
    add(session, SettingRule(key="low", schema=RANGE, severity="warn"))
    add(session, *(ValueRelation(expression=f"low < {n}", severity="warn") for n in (3, 4)))

    with pytest.raises(UnusualValue) as warning:
        save(session, "low", "5")
    assert str(warning.value) == (
        "low is outside the usual range 0 to 2. low should be less than 3: low is 5."
        " low should be less than 4: low is 5."
    )
    add(session, *(ValueRelation(expression=f"low < {n}") for n in (5, 6)))
    with pytest.raises(InvalidValue) as refusal:
        save(session, "low", "6", anyway=True)
    assert str(refusal.value) == "low must be less than 5: low is 6."


def test_a_rule_of_another_program_that_cannot_be_read_refuses_changes(session):
    add(session, ApplicationSetting(key="odd", value="1", data_type="integer"))
    add(session, SettingRule(key="odd", schema="{", severity="unheard-of"))
    add(session, ValueRelation(expression="odd <"))

    with pytest.raises(InvalidValue, match="odd must fit its rule, which the console cannot read"):
        save(session, "odd", "2")


def test_a_new_a_restored_and_an_undone_setting_hold_to_the_rules(session):
    add(session, SettingRule(key="depth", schema='{"minimum": 5}'))
    with pytest.raises(InvalidValue, match=r"depth must be at least 5\."):
        settings.create(session, NewSetting("depth", "integer", "1"), actor=OPERATOR)
    session.rollback()
    add(session, ApplicationSetting(key="depth", value="1", data_type="integer"))

    [change] = save_many(session, depth="7")
    with pytest.raises(BulkInvalid):
        settings.undo(session, change.id, actor=OPERATOR)
    session.rollback()
    setting = settings.by_key(session, "depth")
    setting.value = "2"
    session.commit()
    typed = Deletion("depth", settings.etag_of(setting))
    event = settings.delete(session, setting.id, typed, actor=OPERATOR)
    session.commit()
    with pytest.raises(InvalidValue, match=r"depth must be at least 5\."):
        settings.restore(session, event.id, actor=OPERATOR)


@pytest.mark.parametrize(
    ("key", "category", "sentence"),
    [
        ("depth ", "", r"depth must be at least 5\."),
        (" height", "", "“height < chunk_size or height < 0” must hold"),
        ("plain\t", "", "without MASTER_ENCRYPTION_KEY"),
        ("other", " quiet\n", "A change of other needs a reason"),
    ],
)
def test_spaces_around_a_new_key_or_category_do_not_hide_its_rules(
    session, key, category, sentence
):
    add(
        session,
        SettingRule(key="depth", schema='{"minimum": 5}'),
        SettingRule(key="plain", is_secret=True),
        CategoryRule(category="quiet", requires_reason=True),
        ValueRelation(expression="height < chunk_size or height < 0"),
    )
    value = "9999" if "height" in key else "1"

    with pytest.raises(InvalidValue, match=sentence):
        settings.create(session, NewSetting(key, "integer", value, category), actor=OPERATOR)


def test_a_flagged_setting_or_category_needs_a_reason_for_everything(session):
    add(session, ApplicationSetting(key="motto", value="a", category="texts"))
    add(session, CategoryRule(category="texts", requires_reason=True))
    setting = settings.by_key(session, "motto")
    typed = Deletion("motto", settings.etag_of(setting))

    for refused in (
        lambda: save(session, "motto", "b"),
        lambda: save_many(session, motto="b"),
        lambda: settings.overwrite(session, setting.id, "b", "", actor=OPERATOR),
        lambda: settings.delete(session, setting.id, typed, actor=OPERATOR),
        lambda: settings.create(session, NewSetting("m2", "string", "", "texts"), actor=OPERATOR),
    ):
        with pytest.raises(InvalidValue, match=r"needs a reason. Type one\.") as refusal:
            refused()
        assert refusal.value.field == "reason"
        session.rollback()
    assert save(session, "motto", "a") is None
    [event] = save_many(session, motto="b", reason="Because.")
    with pytest.raises(InvalidValue, match="motto needs a reason"):
        settings.undo(session, event.id, actor=OPERATOR)
    session.rollback()
    assert settings.undo(session, event.id, Confirmation("Undone."), actor=OPERATOR)


@pytest.mark.only_on("sqlite")
def test_a_warning_does_not_hide_the_relation_that_a_stored_value_breaks(session, sign_in, ada):
    row = session.scalars(select(SettingRule).where(SettingRule.key == "chunk_size")).one()
    row.schema, row.severity = '{"maximum": 5}', "warn"
    add(session, ValueRelation(expression="chunk_size < 6", severity="refuse"))

    state = settings.rule_state(session, settings.by_key(session, "chunk_size"))
    assert state.findings == (
        *("chunk_size must be less than 6: chunk_size is 1000", "Should be at most 5"),
    )
    assert "chunk_size must be less than 6" in sign_in(ada).get("/settings?state=invalid").text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("message", ["Keep it small", "Keep it small."])
def test_a_sentence_of_a_relation_is_told_whole_with_or_without_a_full_stop(session, message):
    add(session, ValueRelation(expression="chunk_size < 5", message=message, severity="refuse"))

    state = settings.rule_state(session, settings.by_key(session, "chunk_size"))
    assert state.findings == ("Keep it small", "")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("data_type", "stored", "typed"),
    [("integer", "7", " 007 "), ("json", "[\n1]", "[\r\n1]"), ("boolean", "true", "yes")],
)
def test_no_reason_is_needed_for_the_value_that_is_stored(session, data_type, stored, typed):
    add(session, ApplicationSetting(key="motto", value=stored, data_type=data_type))
    add(session, SettingRule(key="motto", requires_reason=True))

    assert save(session, "motto", typed) is None
    with pytest.raises(InvalidValue, match="motto needs a reason"):
        save(session, "motto", "0")


def test_two_saves_at_the_same_moment_do_not_break_a_relation_together(app, session):
    def move(key, text):
        setting_id, typed = edit(session, key, text)
        write = partial(settings.change, db.session, setting_id, typed, actor=OPERATOR)
        return lambda: None, lambda: carry_out(write, actor=OPERATOR)

    moves = move("chunk_overlap", "900"), move("chunk_size", "800")
    session.rollback()
    with Pair(app) as pair:
        outcomes = pair.at_once(*moves)

    assert {type(outcome) for outcome in outcomes} == {type(None), InvalidValue}
    session.rollback()
    overlap, size = (
        settings.by_key(session, f"chunk_{name}").value for name in ("overlap", "size")
    )
    assert int(overlap) < int(size)
