"""The plan of a save: settings to change, to restore and to delete, held to every rule."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from app.domain.errors import NotFound, RuleError
from app.domain.settings import deletions, editing, read_only, secrets
from app.domain.settings.bulk.refusal import refusal_of
from app.domain.settings.deletions import SettingExists
from app.domain.settings.editing import (
    SettingChangedMeanwhile,
    SettingEdit,
    SettingIsReadOnly,
)
from app.domain.settings.value_rules import checks
from app.domain.settings.value_rules.checks import NewValue
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.target import Target
from app.models import ApplicationSetting, DbSession

NewSettingValue = tuple[ApplicationSetting, str | None]


@dataclass
class SavePlan:
    """The plan of a save: its effect on settings, and what speaks against it.

    Attributes:
        rules: The rules of these settings.
        changed: Settings that get another value, with it.
        restored: Settings that are added again, by the event of their deletion.
        deleted: Settings that are deleted.
        confirmed: The keys of those that are saved although a rule warns.
        errors: The refusals, by the id of the setting.
        not_restored: The refusals to restore, by the event of the deletion.
    """

    rules: SettingRules
    changed: list[NewSettingValue] = field(default_factory=list)
    restored: dict[int, ApplicationSetting] = field(default_factory=dict)
    deleted: list[ApplicationSetting] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    errors: dict[int, RuleError] = field(default_factory=dict)
    not_restored: dict[int, RuleError] = field(default_factory=dict)

    @property
    def settings(self) -> list[ApplicationSetting]:
        """All settings that the save touches."""
        return [*(one for one, _ in self.changed), *self.restored.values(), *self.deleted]

    def new_values(self) -> list[NewValue]:
        """Return the values as the save leaves them; a deleted setting has none."""
        pairs = [*self.changed, *((one, one.value) for one in self.restored.values())]
        pairs += [(one, None) for one in self.deleted]
        return [
            NewValue(one.key, one.category, one.data_type, value, one.key in self.confirmed)
            for one, value in pairs
        ]

    def of_values(self, mistakes: Mapping[str, RuleError]) -> dict[str, RuleError]:
        """Return those of mistakes by key that are about values, and not about deletions."""
        keys = {one.key for one in (*(one for one, _ in self.changed), *self.restored.values())}
        return {key: mistake for key, mistake in mistakes.items() if key in keys}

    def note(self, mistakes: Mapping[str, RuleError]) -> None:
        """Note the refusals of settings by their keys."""
        for setting, _ in self.changed:
            if setting.key in mistakes:
                self.errors[setting.id] = mistakes[setting.key]
        for event_id, setting in self.restored.items():
            if setting.key in mistakes:
                self.not_restored[event_id] = mistakes[setting.key]

    def leave_out(self, mistakes: Mapping[str, RuleError]) -> None:
        """Note the refusals of settings by their keys, and save the others without them."""
        self.note(mistakes)
        self.changed = [pair for pair in self.changed if pair[0].key not in mistakes]
        self.restored = {
            event_id: setting
            for event_id, setting in self.restored.items()
            if setting.key not in mistakes
        }

    def refuse(self) -> None:
        """Refuse the save if one of its parts was refused.

        Raises:
            BulkRefused: Says all that speaks against it.
        """
        if self.errors or self.not_restored:
            raise refusal_of(self.errors, self.not_restored)


@contextmanager
def noted(errors: dict[int, RuleError], number: int) -> Iterator[None]:
    """Note the refusal of one part of a save, so that all are told at once."""
    try:
        yield
    except RuleError as error:
        errors[number] = error


def plan_change(
    session: DbSession, plan: SavePlan, setting: ApplicationSetting | None, edit: SettingEdit
) -> None:
    """Plan to give a setting a new value, unless it has it.

    Raises:
        NotFound: The setting was deleted.
        SettingIsReadOnly: It is read-only, of an unknown data type, or a secret.
        SettingChangedMeanwhile: It has changed since it was shown.
        InvalidValue: The value is not valid for its data type.
    """
    setting = _there(setting)
    if secrets.is_secret_setting(setting):
        sentence = f"{setting.key} is a secret: change it on its own page."
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    value = editing.accepted(session, setting, edit)
    if value != setting.value:
        plan.changed.append((setting, value))
        plan.confirmed |= {setting.key} if edit.anyway else set()


def plan_deletion(
    plan: SavePlan, setting: ApplicationSetting | None, was: Mapping[str, Any]
) -> None:
    """Plan to delete a setting that is still as it was.

    Raises:
        NotFound: The setting was deleted.
        SettingIsReadOnly: It cannot be deleted.
        SettingChangedMeanwhile: It is not as it was.
    """
    setting = _there(setting)
    if refusal := deletions.deletion_refusal(setting):
        sentence = f"{setting.key} cannot be deleted here. {refusal}"
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    if not deletions.is_as(setting, was):
        raise SettingChangedMeanwhile(setting)
    plan.deleted.append(setting)


def plan_restored(
    session: DbSession, plan: SavePlan, restored: Mapping[int, ApplicationSetting]
) -> None:
    """Plan to add settings again, by the events of their deletions.

    Each has its old id, unless another setting has that by now. One is refused where a setting with
    its key exists again, or where it has no value and the database keeps none of these.
    """
    if not restored:
        return
    keys, ids = _taken(session, restored)
    for event_id, setting in restored.items():
        with noted(plan.not_restored, event_id):
            if setting.key.rstrip(" ") in keys:
                raise SettingExists(setting.key)
            if setting.value is None:
                read_only.refuse_not_set(session)
            if setting.id in ids:
                del setting.id
            else:
                ids.add(setting.id)
            plan.restored[event_id] = setting
            plan.confirmed.add(setting.key)


def hold_to_rules(session: DbSession, plan: SavePlan) -> None:
    """Note what breaks a rule, and refuse the save if a part of it was refused.

    Raises:
        BulkRefused: Says all that speaks against it.
    """
    mistakes = rule_mistakes(session, plan)
    plan.note(mistakes)
    plan.refuse()


def rule_mistakes(session: DbSession, plan: SavePlan) -> dict[str, RuleError]:
    """Return what breaks a rule of those that the plan changes or restores, by their keys."""
    return plan.of_values(checks.mistakes_of(session, plan.rules, plan.new_values()))


def next_rule_mistakes(session: DbSession, plan: SavePlan) -> dict[str, RuleError]:
    """Return those that are left out next, where the others are saved; see `rule_mistakes`."""
    return plan.of_values(checks.next_mistakes(session, plan.rules, plan.new_values()))


def _there(setting: ApplicationSetting | None) -> ApplicationSetting:
    if setting is None:
        raise NotFound("This setting was deleted while you were editing it.")
    return setting


def _taken(
    session: DbSession, restored: Mapping[int, ApplicationSetting]
) -> tuple[set[str], set[int]]:
    """Return those of the keys and ids that settings have."""
    wanted = restored.values()
    has_one = or_(
        ApplicationSetting.key.in_([setting.key for setting in wanted]),
        ApplicationSetting.id.in_([setting.id for setting in wanted if setting.id]),
    )
    rows = session.execute(select(ApplicationSetting.key, ApplicationSetting.id).where(has_one))
    found = list(rows)
    # To MySQL a key with spaces after it is the same key.
    return {row.key.rstrip(" ") for row in found}, {row.id for row in found}
