"""Undo a save of settings: whatever still stands, as it was reviewed."""

from dataclasses import dataclass, field

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import GONE, LeftOut
from app.domain.confirmation import UNREVIEWED, Confirmation
from app.domain.errors import ChangedMeanwhile, NotFound, RuleError
from app.domain.permissions import May
from app.domain.reviews import ReviewContent, ReviewOutdated
from app.domain.settings import editing
from app.domain.settings.as_of import DeletedSetting
from app.domain.settings.bulk import changing, restored, saving
from app.domain.settings.bulk.plan import (
    SavePlan,
    next_rule_mistakes,
    noted,
    plan_change,
    plan_deletion,
    plan_restored,
)
from app.domain.settings.bulk.refusal import refusal_of
from app.domain.settings.bulk.saves import SavedValue, SettingsSave, save_of
from app.domain.settings.bulk.saving import only_changes
from app.domain.settings.deletions import SettingExists
from app.domain.settings.editing import SettingEdit, SettingIsReadOnly
from app.domain.settings.value_rules import rules
from app.models import ApplicationSetting, AuditEvent, DbSession

CHANGED_SINCE, READ_ONLY = "Has changed since", "Is read-only"
EXISTS_AGAIN, CREATED_AGAIN = "Exists again", "Was deleted since, and exists again"
UNRECORDED = "Is a secret, whose former value is recorded nowhere"


class CreatedAgain(ChangedMeanwhile):
    """The setting was deleted since, and another one has its key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was deleted since, and exists again.")


@dataclass(frozen=True)
class SettingsUndo:
    """The effect of undoing a save of settings.

    Attributes:
        save: The save.
        values: What is undone of it, by the id of the setting.
        left_out: The settings that stay as they are, each with the reason.
        refused: The refusals of those that were not secrets, by the id of the setting.
    """

    save: SettingsSave
    values: dict[int, SavedValue]
    left_out: list[LeftOut]
    refused: dict[int, RuleError] = field(default_factory=dict)

    @property
    def content(self) -> ReviewContent:
        """The content of the review."""
        keys = sorted(value.key for value in self.values.values())
        return ReviewContent([keys, [list(part) for part in self.left_out]], {})


def review_undo(session: DbSession, event_id: int, *, actor: Actor) -> SettingsUndo:
    """Return what of a save can be undone, and what stays as it is.

    Raises:
        NotFound: The event is not the change of a setting, or all of its save tells of secrets.
    """
    del actor
    save = save_of(session, audit.get(session, event_id))
    found = changing.load_many(session, save.values)
    return _undo_of(save, _planned(session, save, found))


def undo(
    session: DbSession,
    event_id: int,
    typed: Confirmation = UNREVIEWED,
    *,
    actor: Actor,
    may: May = only_changes,
) -> list[AuditEvent]:
    """Take a save back: changed values return, added settings go, deleted ones are restored.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        typed: The reason, and the reviewed content. Without a review all is undone or nothing.
        actor: The person who undoes it.
        may: The question whether the actor has a permission, where settings are added or deleted.

    Returns:
        The events that record it.

    Raises:
        NotFound: The event is not the change of a setting.
        BeyondOwnPermissions: The actor may not change, create or delete settings, and this would.
        ReviewOutdated: Other settings are left out than were reviewed.
        BulkRefused: Nothing of the save can be undone, or not all of it, and this was not
            reviewed: a setting has changed since, was deleted, exists again, is read-only, or its
            value from before the save breaks a rule.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    has_relations = rules.take_turns(session)
    save = save_of(session, audit.get(session, event_id))
    settings = changing.load_many_for_update(session, save.values)
    if _deleted(save) and not has_relations:
        rules.take_turns_over_new(session)
    plan = _planned(session, save, settings)
    found = _undo_of(save, plan)
    if not found.values or not _is_as_reviewed(found, typed.reviewed):
        _refuse(plan)
    return saving.save(session, plan, typed.reason, may, actor=actor)


def _is_as_reviewed(found: SettingsUndo, reviewed: str | None) -> bool:
    """Tell whether what is left out was reviewed; without a review that has to be nothing."""
    if reviewed is None:
        return not found.left_out
    return reviewed.partition(" ")[0] == found.content.etag


def _refuse(plan: SavePlan) -> None:
    if plan.errors or plan.not_restored:
        raise refusal_of(plan.errors, plan.not_restored)
    raise ReviewOutdated


def _undo_of(save: SettingsSave, plan: SavePlan) -> SettingsUndo:
    refused = {
        setting_id: error
        for setting_id, value in save.values.items()
        for error in [plan.errors.get(setting_id) or plan.not_restored.get(value.event_id)]
        if error
    }
    left_out = [LeftOut(save.values[id_].key, _reason(error)) for id_, error in refused.items()]
    left_out += [LeftOut(key, UNRECORDED) for key in save.secrets]
    values = {id_: value for id_, value in save.values.items() if id_ not in refused}
    return SettingsUndo(save, values, sorted(left_out), refused)


def _reason(error: RuleError) -> str:
    if isinstance(error, CreatedAgain):
        return CREATED_AGAIN
    if isinstance(error, SettingExists):
        return EXISTS_AGAIN
    if isinstance(error, SettingIsReadOnly):
        return READ_ONLY
    if isinstance(error, NotFound):
        return GONE
    return CHANGED_SINCE if isinstance(error, ChangedMeanwhile) else str(error)


def _planned(
    session: DbSession, save: SettingsSave, found: dict[int, ApplicationSetting]
) -> SavePlan:
    saved = save.values
    keys = [value.key for value in saved.values()]
    plan = SavePlan(rules.rules_of(session, found.values(), *keys))
    plan_restored(session, plan, _deleted(save))
    for setting_id, value in sorted(saved.items()):
        if value.is_there:
            setting = found.get(setting_id)
            same = setting if setting and value.is_of(setting.key) else None
            with noted(plan.errors, setting_id):
                _take_back(session, plan, save, same, value)
    # One that is left out may have been what another one's rule compares with.
    while mistakes := next_rule_mistakes(session, plan):
        plan.leave_out(mistakes)
    return plan


def _deleted(save: SettingsSave) -> dict[int, ApplicationSetting]:
    deleted = {
        setting_id: DeletedSetting(value.event_id, setting_id, value.columns)
        for setting_id, value in save.values.items()
        if not value.is_there
    }
    return {
        one.event_id: restored.of_deletion(one, save.values[setting_id].before)
        for setting_id, one in deleted.items()
    }


def _take_back(
    session: DbSession,
    plan: SavePlan,
    save: SettingsSave,
    setting: ApplicationSetting | None,
    value: SavedValue,
) -> None:
    if save.is_another(value):
        raise CreatedAgain(value.key)
    if not value.was_there:
        plan_deletion(plan, setting, value.columns)
        return
    # One that does not have the value any more gets an etag that nothing has.
    holds = setting is not None and setting.value == value.after
    etag = editing.etag_of(setting) if setting is not None and holds else ""
    plan_change(session, plan, setting, SettingEdit(value.before, etag, anyway=True))
