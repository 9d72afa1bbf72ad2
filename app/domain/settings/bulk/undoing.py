"""Undo a save of several settings: all of it, or nothing."""

from collections.abc import Mapping

from app.domain import audit
from app.domain.actor import Actor
from app.domain.permissions import May
from app.domain.settings import editing
from app.domain.settings.as_of import DeletedSetting
from app.domain.settings.bulk import changing, restored, saving
from app.domain.settings.bulk.plan import (
    SavePlan,
    hold_to_rules,
    noted,
    plan_change,
    plan_deletion,
    plan_restored,
)
from app.domain.settings.bulk.saves import SavedValue, changes_of
from app.domain.settings.bulk.saving import only_changes
from app.domain.settings.editing import SettingEdit
from app.domain.settings.value_rules import rules
from app.models import ApplicationSetting, AuditEvent, DbSession


def undo(
    session: DbSession,
    event_id: int,
    reason: str = "",
    *,
    actor: Actor,
    may: May = only_changes,
) -> list[AuditEvent]:
    """Take a save back: changed values return, added settings go, deleted ones are restored.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        reason: Why, in the actor's words.
        actor: The person who undoes it.
        may: The question whether the actor has a permission, where settings are added or deleted.

    Returns:
        The events that record it.

    Raises:
        NotFound: The event is not the change of a setting.
        BeyondOwnPermissions: The actor may not create or delete settings, and this would.
        BulkRefused: A setting has changed since, was deleted, exists again, is read-only, or its
            value from before the save breaks a rule.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    rules.take_turns(session)
    saved = changes_of(session, audit.get(session, event_id))
    settings = _still_there(session, saved)
    plan = SavePlan(rules.read_rules(session, [value.key for value in saved.values()]))
    plan_restored(session, plan, _deleted(saved))
    for setting_id, value in sorted(saved.items()):
        if value.is_there:
            with noted(plan.errors, setting_id):
                _take_back(session, plan, settings.get(setting_id), value)
    hold_to_rules(session, plan)
    return saving.save(session, plan, reason, may, actor=actor)


def _still_there(
    session: DbSession, saved: Mapping[int, SavedValue]
) -> dict[int, ApplicationSetting]:
    found = changing.load_many_for_update(session, saved)
    return {
        setting_id: setting
        for setting_id, setting in found.items()
        if saved[setting_id].is_of(setting.key)
    }


def _deleted(saved: Mapping[int, SavedValue]) -> dict[int, ApplicationSetting]:
    deleted = {
        setting_id: DeletedSetting(value.event_id, setting_id, value.columns)
        for setting_id, value in saved.items()
        if not value.is_there
    }
    return {
        one.event_id: restored.of_deletion(one, saved[setting_id].before)
        for setting_id, one in deleted.items()
    }


def _take_back(
    session: DbSession, plan: SavePlan, setting: ApplicationSetting | None, value: SavedValue
) -> None:
    if not value.was_there:
        plan_deletion(plan, setting, value.columns)
        return
    # One that does not have the value any more gets an etag that nothing has.
    holds = setting is not None and setting.value == value.after
    etag = editing.etag_of(setting) if setting is not None and holds else ""
    plan_change(session, plan, setting, SettingEdit(value.before, etag, anyway=True))
