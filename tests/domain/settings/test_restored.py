"""Earlier values are restored and deleted settings with them, by one save that can be undone."""

import pytest

from app.domain import settings
from app.domain.confirmation import Confirmation
from app.domain.errors import BeyondOwnPermissions, NotFound
from app.domain.settings import (
    BulkInvalid,
    BulkOutdated,
    BulkReadOnly,
    BulkSettingEdit,
    DeletedSince,
    NewSetting,
    SettingExists,
    SettingIsReadOnly,
)
from app.models import ApplicationSetting, ValueRelation
from app.models.base import utcnow
from tests.support.contents import events
from tests.support.past_settings import change, delete, restore, values
from tests.support.people import OPERATOR, acting


@pytest.fixture
def add(session):
    """Adds a setting: ``add("top_k", "5", "integer")``; made before the time of the test."""

    def add(key, value="5", data_type="integer", **columns):
        setting = ApplicationSetting(key=key, data_type=data_type, value=value, **columns)
        session.add(setting)
        session.commit()
        return setting

    return add


def past_of(session, moment, key):
    [found] = [one for one in settings.as_of(session, moment).values if one.key == key]
    return found


def test_values_and_deleted_settings_are_restored_by_one_save(session, add):
    columns = {"category": "search", "description": "How many."}
    gone, kept = add("gone", **columns), add("kept", "low", "string")
    moment, old_id = utcnow(), gone.id
    change(session, gone, "6")
    change(session, kept, "high")
    delete(session, gone)

    made = restore(session, moment, "As it was.")

    back = settings.by_key(session, "gone")
    assert (back.id, back.value, back.data_type) == (old_id, "5", "integer")
    assert {name: getattr(back, name) for name in columns} == columns
    assert settings.by_key(session, "kept").value == "low"
    assert [one.action for one in made] == ["setting:changed", "setting:restored"]
    assert {one.reason for one in made} == {"As it was."}
    assert len({one.save_id for one in made}) == 1
    assert events(session)[-1].after == columns | {
        "key": "gone",
        "value": "5",
        "data_type": "integer",
        "is_mutable": True,
    }


def test_what_did_not_exist_stays(session, add):
    moment = utcnow()
    settings.create(session, NewSetting("new", "string", "text"), actor=OPERATOR)
    session.commit()

    assert past_of(session, moment, "new").why_not == "Did not exist."
    assert restore(session, moment) == []
    with pytest.raises(SettingIsReadOnly, match="new cannot be restored"):
        settings.edit_of_past(settings.as_of(session, moment), ["new"])
    with pytest.raises(NotFound, match="never_there"):
        settings.edit_of_past(settings.as_of(session, moment), ["never_there"])


def test_a_key_that_exists_again_is_a_conflict_and_keeps_back_all(session, add):
    gone, kept = add("gone"), add("kept")
    moment = utcnow()
    change(session, kept, "6")
    event_id = delete(session, gone)
    edit = settings.edit_of_past(settings.as_of(session, moment), ["gone", "kept"])
    add("gone", "new", "string")

    with pytest.raises(BulkOutdated) as refused:
        settings.change_many(session, edit, actor=OPERATOR)
    session.rollback()

    assert not refused.value.errors
    assert {one: type(error) for one, error in refused.value.not_restored.items()} == {
        event_id: SettingExists
    }
    assert values(session, ["gone", "kept"]) == {"gone": "new", "kept": "6"}


def test_an_id_that_is_taken_is_not_taken_back(session, add):
    first = add("first")
    moment, old_id = utcnow(), first.id
    delete(session, first)
    add("second", id=old_id)

    restore(session, moment)

    assert settings.by_key(session, "first").id != old_id
    assert settings.by_key(session, "second").id == old_id


def test_two_that_had_the_same_id_are_both_restored(session, add):
    moment = utcnow()
    first = add("first")
    old_id = first.id
    change(session, first, "6")
    delete(session, first)
    second = add("second", id=old_id)
    change(session, second, "7")
    delete(session, second)

    restore(session, moment)

    assert values(session, ["first", "second"]) == {"first": "5", "second": "5"}


@pytest.mark.parametrize("holds", [True, False])
def test_all_that_is_restored_is_held_to_the_relations_together(session, add, holds):
    low, high = add("low", "1"), add("high", "2")
    session.add(ValueRelation(expression="low < high", severity="refuse"))
    session.commit()
    moment = utcnow()
    change(session, high, "9")
    change(session, low, "8")
    event_id = delete(session, high)
    edit = settings.edit_of_past(
        settings.as_of(session, moment), ["low", "high"] if holds else ["high"]
    )

    if holds:
        settings.change_many(session, edit, actor=OPERATOR)
        assert values(session, ["low", "high"]) == {"low": "1", "high": "2"}
    else:
        with pytest.raises(BulkInvalid) as refused:
            settings.review_many(session, edit, actor=OPERATOR)
        assert set(refused.value.not_restored) == {event_id}


@pytest.mark.only_on("sqlite")
def test_what_cannot_be_restored_says_why(session, add):
    moment = utcnow()
    lines = {
        "an_api_key": add("an_api_key", None, "string"),
        "outside": add("outside"),
        "odd": add("odd", "PT5M", "duration"),
    }
    change(session, lines["outside"], "6")
    session.delete(lines["outside"])
    delete(session, lines["an_api_key"])
    delete(session, lines["odd"])

    why_not = {key: past_of(session, moment, key).why_not for key in lines}
    assert why_not["an_api_key"].startswith("Secret")
    assert why_not["outside"].startswith("Deleted outside the console")
    assert why_not["odd"] == ""


@pytest.mark.only_on("sqlite")
def test_only_deletions_after_the_time_are_restored(session, add):
    gone, secret = add("gone"), add("an_api_key", None, "string")
    ids = [delete(session, gone), delete(session, secret)]
    deleted = DeletedSince(utcnow(), ids)

    with pytest.raises(BulkOutdated) as refused:
        settings.change_many(session, BulkSettingEdit({}, deleted=deleted), actor=OPERATOR)
    assert {type(error) for error in refused.value.not_restored.values()} == {NotFound}

    deleted = DeletedSince(utcnow().replace(year=2020), ids)
    with pytest.raises(BulkReadOnly) as refused:
        settings.change_many(session, BulkSettingEdit({}, deleted=deleted), actor=OPERATOR)
    assert set(refused.value.not_restored) == {ids[1]}


def test_a_restored_value_is_held_to_its_type(session, add):
    odd = add("odd", "many")
    moment = utcnow()
    change(session, odd, "6")
    delete(session, odd)

    with pytest.raises(BulkInvalid):
        restore(session, moment)


def test_a_save_that_restores_is_undone_and_that_again(session, add):
    gone, kept = add("gone"), add("kept")
    moment = utcnow()
    change(session, gone, "7")
    change(session, kept, "6")
    delete(session, gone)
    made = restore(session, moment)

    back = settings.undo(session, made[-1].id, Confirmation("Undone."), actor=OPERATOR)
    session.commit()

    assert values(session, ["gone", "kept"]) == {"kept": "6"}
    assert [one.action for one in back] == ["setting:changed", "setting:deleted"]
    assert len({one.save_id for one in back}) == 1

    settings.undo(session, back[0].id, actor=OPERATOR)
    session.commit()

    assert values(session, ["gone", "kept"]) == {"gone": "5", "kept": "5"}


@pytest.mark.parametrize("spoil", ["changed", "deleted", "read-only", "exists"])
def test_a_save_that_restores_is_undone_whole_or_not_at_all(session, add, spoil):
    gone, kept = add("gone"), add("kept")
    moment = utcnow()
    change(session, kept, "6")
    delete(session, gone)
    made = restore(session, moment)
    back = settings.by_key(session, "gone")
    if spoil == "changed":
        back.value = "9"
    elif spoil == "read-only":
        back.is_mutable = False
    else:
        session.delete(back)
    session.commit()
    if spoil == "exists":
        add("gone", "new", "string")

    with pytest.raises(BulkReadOnly if spoil == "read-only" else BulkOutdated) as refused:
        settings.undo(session, made[0].id, actor=OPERATOR)
    session.rollback()

    assert len(refused.value.all_errors) == 1
    assert values(session, ["kept"]) == {"kept": "5"}


@pytest.mark.only_on("sqlite")
def test_an_undo_that_deletes_frees_the_relation_of_what_goes(session, add):
    low, high = add("low", "8"), add("high", "9")
    session.add(ValueRelation(expression="low < high", severity="refuse"))
    session.commit()
    moment = utcnow()
    delete(session, high)
    change(session, low, "20")
    made = restore(session, moment)

    settings.undo(session, made[0].id, actor=OPERATOR)

    assert values(session, ["low", "high"]) == {"low": "20"}


@pytest.mark.only_on("sqlite")
def test_restoring_and_deleting_take_their_permissions(session, add, ada):
    gone = add("gone")
    moment, actor = utcnow(), acting(ada)
    delete(session, gone)
    edit = settings.edit_of_past(settings.as_of(session, moment), ["gone"])

    with pytest.raises(BeyondOwnPermissions, match="settings:create"):
        settings.change_many(session, edit, actor=actor)
    [made] = settings.change_many(session, edit, actor=actor, may="settings:create".__eq__)
    with pytest.raises(BeyondOwnPermissions, match="settings:delete"):
        settings.undo(session, made.id, actor=actor, may="settings:create".__eq__)
    assert settings.undo(session, made.id, actor=actor, may="settings:delete".__eq__)
