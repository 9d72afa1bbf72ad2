"""Several settings are saved at once, all or none, and put back at once."""

import random

import pytest
from sqlalchemy import event, select

from app.domain import settings
from app.domain.confirmation import Confirmation
from app.domain.errors import InvalidValue, NotFound
from app.domain.reviews import ReviewOutdated
from app.domain.settings import (
    BulkInvalid,
    BulkOutdated,
    BulkReadOnly,
    BulkSettingEdit,
    SettingEdit,
)
from app.models import ApplicationSetting, AuditEvent, SettingRule, ValueRelation
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.contents import events
from tests.support.past_settings import take_start
from tests.support.people import OPERATOR, acting

ROUNDS = 60


@pytest.fixture
def add(session):
    """Adds a setting: ``add("top_k", "5", "integer")``."""

    def add(key, value="text", data_type="string", **columns):
        setting = ApplicationSetting(key=key, data_type=data_type, value=value, **columns)
        session.add(setting)
        session.commit()
        return setting

    return add


def edits_of(**texts):
    return {one.id: SettingEdit(text, settings.etag_of(one)) for one, text in texts.values()}


def typed(reason="", **texts):
    """The values typed for settings: ``typed(a=(setting, "new"))``."""
    return BulkSettingEdit(edits_of(**texts), reason)


def values(session, *found):
    session.expire_all()
    return [setting.value for setting in found]


def test_all_are_saved_with_one_reason_and_one_save_id(session, add):
    top, name = add("top_k", "5", "integer"), add("name", None)

    made = settings.change_many(
        session, typed("For the pilot.", a=(top, " 08 "), b=(name, "Nora")), actor=OPERATOR
    )
    session.commit()

    assert values(session, top, name) == ["8", "Nora"]
    assert [(one.target, one.before, one.after) for one in events(session)] == [
        ("top_k", {"value": "5"}, {"value": "8"}),
        ("name", {"value": None}, {"value": "Nora"}),
    ]
    assert {one.reason for one in made} == {"For the pilot."}
    assert len({one.save_id for one in made}) == 1


def test_what_holds_the_value_already_is_left_out(session, add):
    same, other = add("same", "5", "integer"), add("other")

    made = settings.change_many(session, typed(a=(same, "05"), b=(other, "new")), actor=OPERATOR)

    assert [one.target_name for one in made] == ["other"]
    assert settings.change_many(session, typed(a=(same, "5")), actor=OPERATOR) == []


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda one: {"text": "many"}, BulkInvalid),
        (lambda one: {"etag": "stale"}, BulkOutdated),
        (lambda one: setattr(one, "is_mutable", False), BulkReadOnly),
        (lambda one: setattr(one, "data_type", "duration"), BulkReadOnly),
    ],
    ids=["invalid", "stale", "immutable", "unknown type"],
)
def test_one_that_cannot_be_changed_stops_all(session, add, spoil, refusal):
    good, bad = add("good"), add("bad", "5", "integer")
    edits = edits_of(a=(good, "new"), b=(bad, "6"))
    details = spoil(bad) or {}
    session.commit()
    edits[bad.id] = SettingEdit(details.get("text", "6"), details.get("etag", edits[bad.id].etag))

    with pytest.raises(refusal) as refused:
        settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR)
    session.rollback()

    assert set(refused.value.errors) == {bad.id}
    assert values(session, good, bad) == ["text", "5"]
    assert events(session) == []


def test_every_error_is_told_at_once(session, add):
    one, two = add("one", "1", "integer"), add("two", "2", "float")
    edits = edits_of(a=(one, "x"), b=(two, "y")) | {999_999: SettingEdit("z", "etag")}

    with pytest.raises(BulkOutdated) as refused:
        settings.review_many(session, BulkSettingEdit(edits), actor=OPERATOR)

    kinds = {one.id: InvalidValue, two.id: InvalidValue, 999_999: NotFound}
    assert {number: type(error) for number, error in refused.value.errors.items()} == kinds


def test_a_secret_is_not_written(session, add):
    secret = add("some_api_key", "sk-live")

    with pytest.raises(BulkReadOnly) as refused:
        settings.change_many(session, typed(a=(secret, "new")), actor=OPERATOR)

    assert refused.value.is_recorded
    assert refused.value.target.name == "some_api_key"


def test_a_reason_that_is_too_long_is_refused(session, add):
    edit = typed("x" * 501, a=(add("one"), "new"))

    with pytest.raises(InvalidValue, match="at most 500"):
        settings.change_many(session, edit, actor=OPERATOR)


def test_a_review_says_what_would_change_and_changes_nothing(session, add):
    top, same = add("top_k", "5", "integer"), add("same")

    found = settings.review_many(session, typed(a=(top, "008"), b=(same, "text")), actor=OPERATOR)

    assert [(one.key, one.before, one.after) for one in found] == [("top_k", "5", "8")]
    assert values(session, top) == ["5"]


def test_a_save_is_put_back(session, add):
    top, name = add("top_k", "5", "integer"), add("name", None)
    made = settings.change_many(session, typed(a=(top, "8"), b=(name, "Nora")), actor=OPERATOR)
    session.commit()

    back = settings.undo(session, made[-1].id, Confirmation("Undone."), actor=OPERATOR)
    session.commit()

    assert values(session, top, name) == ["5", None]
    assert len({one.save_id for one in back}) == 1
    assert back[0].save_id != made[0].save_id
    assert {one.reason for one in back} == {"Undone."}


def test_a_save_is_put_back_whole_or_not_at_all(session, add):
    top, name = add("top_k", "5", "integer"), add("name", None)
    made = settings.change_many(session, typed(a=(top, "8"), b=(name, "Nora")), actor=OPERATOR)
    name.value = "somebody else's"
    session.commit()

    with pytest.raises(BulkOutdated) as refused:
        settings.undo(session, made[0].id, actor=OPERATOR)
    session.rollback()

    assert set(refused.value.errors) == {name.id}
    assert values(session, top, name) == ["8", "somebody else's"]


def test_another_setting_that_has_the_id_of_one_deleted_is_left_alone(session, add):
    top = add("top_k", "5", "integer")
    [made] = settings.change_many(session, typed(a=(top, "8")), actor=OPERATOR)
    top.key = "other"
    session.commit()

    with pytest.raises(BulkOutdated):
        settings.undo(session, made.id, actor=OPERATOR)
    session.rollback()

    assert values(session, top) == ["8"]


def test_only_changes_of_settings_are_put_back(session):
    with pytest.raises(NotFound):
        settings.undo(session, 999_999, actor=OPERATOR)


@pytest.mark.parametrize("number", [2, 200])
def test_saving_many_costs_as_many_statements_as_saving_two(session, add, number):
    session.add_all(ApplicationSetting(key=f"one_{at}", value="old") for at in range(number))
    take_start(session)
    found = session.scalars(
        select(ApplicationSetting).where(ApplicationSetting.key.like("one@_%", escape="@"))
    )
    edits = {one.id: SettingEdit("new", settings.etag_of(one)) for one in found}
    assert len(edits) == number
    session.rollback()
    made = []

    def note(*arguments):
        made.append(arguments[2])

    event.listen(session.get_bind(), "before_cursor_execute", note)

    settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR)

    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert [statement.split()[0] for statement in made if "console_audit" in statement] == [
        "SELECT",
        "INSERT",
        "SELECT",
    ]
    assert len([statement for statement in made if "application_settings" in statement]) == 3


@pytest.mark.slow
def test_of_two_overlapping_batches_one_is_saved_and_nobody_sees_a_deadlock(
    app, session, ada, person, add, database_name
):
    couple = [acting(ada), acting(person("boris", roles=["admin"]))]
    ids = [add(f"shared_{number}", "0").id for number in range(12)]
    chance = random.Random(database_name)
    session.rollback()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            # Neither sorts: whoever locked in the order of what was sent would lock the other out.
            orders = [chance.sample(ids, 8), chance.sample(ids, 8)]
            outcomes = pair.at_once(
                *(
                    saving(session, order, f"{actor.name} {number}", actor)
                    for order, actor in zip(orders, couple, strict=True)
                )
            )
            told = [outcome for outcome in outcomes if outcome is not None]
            assert len(told) == 1
            assert isinstance(told[0], BulkOutdated)
            saved = orders[outcomes.index(None)]
            text = f"{couple[outcomes.index(None)].name} {number}"
            with session.get_bind().connect() as connection:
                stored = select(ApplicationSetting.value).where(ApplicationSetting.id.in_(saved))
                assert set(connection.scalars(stored)) == {text}
                lost = select(AuditEvent.id).where(AuditEvent.after.contains(text))
                assert len(connection.scalars(lost).all()) == len(saved)


def saving(session, order, text, actor):
    """Open the settings; then save all of them."""
    seen = {}

    def read():
        for number in order:
            seen[number] = settings.etag_of(settings.get(session, number))

    def write():
        edits = {number: SettingEdit(text, seen[number]) for number in order}
        edit = BulkSettingEdit(edits)
        carry_out(lambda: settings.change_many(session, edit, actor=actor), actor=actor)

    return read, write


def test_a_secret_of_a_save_stays_and_the_others_are_put_back(session, add):
    top, key = add("top_k", "5", "integer"), add("license", "a")
    made = settings.change_many(session, typed(a=(top, "8"), b=(key, "b")), actor=OPERATOR)
    session.add(SettingRule(key="license", is_secret=True))
    session.commit()

    found = settings.review_undo(session, made[0].id, actor=OPERATOR)
    assert [part.name for part in found.left_out] == ["license"]
    with pytest.raises(ReviewOutdated):
        settings.undo(session, made[0].id, actor=OPERATOR)
    session.rollback()
    reviewed = Confirmation("Undone.", found.content.text)
    settings.undo(session, made[0].id, reviewed, actor=OPERATOR)

    assert values(session, top) == ["5"]


def test_a_value_that_breaks_a_rule_stays_and_the_others_are_put_back(session, add):
    top, size = add("top_k", "5", "integer"), add("size", "1", "integer")
    made = settings.change_many(session, typed(a=(top, "8"), b=(size, "7")), actor=OPERATOR)
    session.add(SettingRule(key="size", schema='{"minimum": 5}'))
    session.commit()

    found = settings.review_undo(session, made[0].id, actor=OPERATOR)
    assert found.left_out == [("size", "size must be at least 5.")]
    settings.undo(session, made[0].id, Confirmation("", found.content.text), actor=OPERATOR)

    assert values(session, top, size) == ["5", "7"]


def test_a_value_that_is_left_out_breaks_no_relation_with_those_that_are_put_back(session, add):
    low, high = add("low", "5", "integer"), add("high", "1", "integer")
    made = settings.change_many(session, typed(a=(low, "2"), b=(high, "7")), actor=OPERATOR)
    session.add(SettingRule(key="high", schema='{"minimum": 6}'))
    session.add(ValueRelation(expression="low < high"))
    session.commit()

    found = settings.review_undo(session, made[0].id, actor=OPERATOR)
    assert found.left_out == [("high", "high must be at least 6.")]
    settings.undo(session, made[0].id, Confirmation("", found.content.text), actor=OPERATOR)

    assert values(session, low, high) == ["5", "7"]
