"""Changes of several settings, reviewed first, then all saved together or none."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Select, select

from app.domain.actor import Actor
from app.domain.errors import RuleError
from app.domain.permissions import May
from app.domain.settings.bulk import restored, saving
from app.domain.settings.bulk.edits import BulkSettingEdit, ValueDifference
from app.domain.settings.bulk.plan import (
    SavePlan,
    hold_to_rules,
    noted,
    plan_change,
    plan_restored,
)
from app.domain.settings.bulk.saving import only_changes
from app.domain.settings.value_rules import checks, rules
from app.models import ApplicationSetting, AuditEvent, DbSession

Settings = dict[int, ApplicationSetting]


def review_many(
    session: DbSession, edit: BulkSettingEdit, *, actor: Actor
) -> list[ValueDifference]:
    """Return the values that the edit would change and restore, by key.

    Args:
        session: The database session; it only reads.
        edit: The new values, by the id of the setting, and the settings to restore.
        actor: The person or command who asks; unused, as every review is called alike.

    Raises:
        BulkRefused: `change_many` would refuse the edit.
    """
    del actor
    plan = _planned(session, edit, load_many(session, edit.edits))
    unconfirmed = [value._replace(anyway=False) for value in plan.new_values()]
    warnings = checks.mistakes_of(session, plan.rules, unconfirmed)
    differences = [
        ValueDifference(setting.id, setting.key, setting.data_type, setting.value, value)
        for setting, value in plan.changed
    ]
    differences += [
        ValueDifference(None, setting.key, setting.data_type, None, setting.value, "", event_id)
        for event_id, setting in plan.restored.items()
    ]
    warned = [replace(one, warning=str(warnings.get(one.key, ""))) for one in differences]
    return sorted(warned, key=lambda difference: difference.key)


def change_many(
    session: DbSession, edit: BulkSettingEdit, *, actor: Actor, may: May = only_changes
) -> list[AuditEvent]:
    """Give settings new values and restore deleted ones, all or none, and record who did it.

    Args:
        session: The database session; the caller commits it.
        edit: The new values, by the id of the setting, the settings to restore, and the reason for
            all of them.
        actor: The person or command making the changes.
        may: The question whether the actor has a permission, where settings are restored.

    Returns:
        The events of the save; none for a setting that had the value already.

    Raises:
        BeyondOwnPermissions: Settings are restored, and the actor may not create any.
        BulkReadOnly: A setting is read-only, of an unknown data type, or a secret: these are
            changed one by one, so that no review holds one.
        BulkOutdated: A setting has changed since it was shown, was deleted, or exists again.
        BulkInvalid: A value is not valid for the data type of its setting, or breaks a rule.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    has_relations = rules.take_turns(session)
    settings = load_many_for_update(session, edit.edits)
    if edit.deleted and not has_relations:
        rules.take_turns_over_new(session)
    return saving.save(session, _planned(session, edit, settings), edit.reason, may, actor=actor)


def load_many(session: DbSession, ids: Collection[int]) -> Settings:
    """Return settings by their ids."""
    return _by_id(session, _query(ids))


def load_many_for_update(session: DbSession, ids: Collection[int]) -> Settings:
    """Return settings by their ids, with their rows locked until the transaction ends."""
    # Everybody locks in the order of the ids, so that two who save overlapping sets wait for
    # each other instead of deadlocking. On MySQL this is the first statement of its
    # transaction, and reads what is there now; SQLite has locked the whole file.
    query = _query(ids).with_for_update().execution_options(populate_existing=True)
    return _by_id(session, query)


def _planned(session: DbSession, edit: BulkSettingEdit, settings: Settings) -> SavePlan:
    refused: dict[int, RuleError] = {}
    added = restored.of_past(session, edit.deleted, refused) if edit.deleted else {}
    keys = [setting.key for setting in added.values()]
    plan = SavePlan(rules.rules_of(session, settings.values(), *keys), not_restored=refused)
    plan_restored(session, plan, added)
    for setting_id, one in sorted(edit.edits.items()):
        with noted(plan.errors, setting_id):
            plan_change(session, plan, settings.get(setting_id), one)
    hold_to_rules(session, plan)
    return plan


def _query(ids: Collection[int]) -> Select[ApplicationSetting]:
    query = select(ApplicationSetting).where(ApplicationSetting.id.in_(ids))
    return query.order_by(ApplicationSetting.id)


def _by_id(session: DbSession, query: Select[ApplicationSetting]) -> Settings:
    return {setting.id: setting for setting in session.scalars(query)}
