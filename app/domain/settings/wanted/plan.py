"""Settings as a file wants them: compared, and held to every rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unicodedata import combining, normalize

from sqlalchemy import Select, select

from app.domain.errors import RuleError
from app.domain.permissions import May, PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.settings import (
    editing,
    new_setting,
    read_only,
    secrecy,
    secrets,
)
from app.domain.settings.editing import SettingEdit
from app.domain.settings.new_setting import NewSetting
from app.domain.settings.secret_marks import SecretMarks, secret_marks
from app.domain.settings.value_rules import checks, rules
from app.domain.settings.value_rules.checks import NewValue
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.text import is_name
from app.models import ApplicationSetting, DbSession

NOT_COMPARED = "Secret: its value is not compared."
NO_SECRETS = (
    "{key} is a secret. Files bring none: set it on its page, or by “flask settings set {key}"
    " --stdin”."
)
MISSING = (
    "There is no setting named {key}. Create it first, or import it by a transfer file with its"
    " data_type."
)
SPACED = "A key cannot begin or end with a space."
ALIKE = "There is a setting named {key}, which differs only in case, accents or spaces."
COLUMNS = {"data_type": "data type", "category": "category", "description": "description"}


class WantedSetting(NamedTuple):
    """A setting as a file wants it; None for columns that the file does not say."""

    key: str
    text: str | None = None
    has_value: bool = False
    data_type: str | None = None
    category: str | None = None
    description: str | None = None
    is_mutable: bool = True
    is_secret: bool = False


@dataclass
class SettingsPlan:
    """The outcome for each setting, and what is to be saved.

    Attributes:
        lines: The outcomes.
        added: The columns of new settings.
        changed: The settings that get another value.
        rules: Their rules.
    """

    lines: list[PlanLine] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[ApplicationSetting, str | None]] = field(default_factory=list)
    rules: SettingRules = field(default_factory=SettingRules)


@dataclass(frozen=True)
class _Stored:
    """The settings of the file that there are, by key, and what their checks need.

    Attributes:
        alike: Their keys by what some databases compare of them; see `_compared`.
    """

    session: DbSession
    by_key: Mapping[str, ApplicationSetting]
    alike: Mapping[str, str]
    marks: SecretMarks
    always_set: str
    may: May


class _Refused(Exception):
    """The entry cannot be imported; its text is the reason."""


def plan_wanted(
    session: DbSession,
    wanted: Sequence[WantedSetting],
    may: May,
    *,
    anyway: bool = False,
    locks: bool = False,
    held_to: SettingRules | None = None,
) -> SettingsPlan:
    """Return what an import of these settings would do.

    Args:
        session: The database session; it only reads, or locks.
        wanted: The settings of the file.
        may: The question whether the actor has a permission.
        anyway: Whether values that a rule warns of are saved.
        locks: Whether the settings are locked, to be saved in this transaction.
        held_to: The rules that values are held to; None for those that are stored.
    """
    keys = [one.key for one in wanted if is_name(one.key)]
    by_key = {setting.key: setting for setting in session.scalars(_query(keys, locks=locks))}
    stored = _Stored(
        session,
        by_key,
        {_compared(key): key for key in by_key},
        secret_marks(session, by_key.values()),
        read_only.always_set(session),
        may,
    )
    plan = SettingsPlan(rules=held_to or rules.read_rules(session, keys))
    for one in wanted:
        _add(plan, stored, one)
    _hold_to_rules(session, plan, anyway=anyway)
    plan.lines += _only_here(session, {one.key for one in wanted})
    return plan


def _query(keys: Sequence[str], *, locks: bool) -> Select[ApplicationSetting]:
    query = select(ApplicationSetting).where(ApplicationSetting.key.in_(keys))
    query = query.order_by(ApplicationSetting.id).execution_options(populate_existing=True)
    return query.with_for_update() if locks else query


def _add(plan: SettingsPlan, stored: _Stored, one: WantedSetting) -> None:
    setting = stored.by_key.get(one.key)
    try:
        if setting is None:
            columns = _columns(stored, one)
            plan.added.append(columns)
            shown = columns["value"]
            plan.lines.append(PlanLine(one.key, PlanOutcome.ADD, after=shown))
        else:
            _compare(plan, stored, setting, one)
    except (RuleError, _Refused) as refusal:
        is_encrypted = setting is not None and secrets.is_encrypted(setting.value)
        is_hidden = is_encrypted or one.is_secret or stored.marks.is_secret(one.key)
        after = None if is_hidden else secrecy.masked(one.text or "")
        before = secrets.shown_value(setting) if setting else None
        plan.lines.append(
            PlanLine(one.key, PlanOutcome.REFUSED, before, after, reason=str(refusal))
        )


def _columns(stored: _Stored, one: WantedSetting) -> dict[str, Any]:
    if one.has_value and stored.marks.is_secret(one.key):
        raise _Refused(NO_SECRETS.format(key=one.key))
    if one.data_type is None:
        raise _Refused(MISSING.format(key=one.key))
    if one.key != one.key.strip():
        raise _Refused(SPACED)
    if other := stored.alike.get(_compared(one.key)):
        raise _Refused(ALIKE.format(key=other))
    _require(stored, PermissionCode.SETTINGS_CREATE)
    if one.text is None and stored.always_set:
        raise _Refused(stored.always_set)
    new = NewSetting(
        one.key,
        one.data_type,
        one.text,
        one.category or "",
        one.description or "",
        is_mutable=one.is_mutable,
    )
    return new_setting.columns_of(new)


def _compared(key: str) -> str:
    """Return a key without case, accents and spaces around it, as some collations compare it."""
    letters = normalize("NFKD", key.strip())
    return "".join(each for each in letters if not combining(each)).casefold()


def _compare(
    plan: SettingsPlan, stored: _Stored, setting: ApplicationSetting, one: WantedSetting
) -> None:
    if secrets.is_secret_setting(setting) or one.is_secret:
        if one.has_value:
            raise _Refused(NO_SECRETS.format(key=one.key))
        line = PlanLine(one.key, PlanOutcome.UNCHANGED, reason=NOT_COMPARED)
        plan.lines.append(line)
        return
    _refuse_other_columns(setting, one)
    shown = secrets.shown_value(setting)
    if not one.has_value or one.text == setting.value:
        plan.lines.append(PlanLine(one.key, PlanOutcome.UNCHANGED, shown, shown))
        return
    edit = SettingEdit(one.text, editing.etag_of(setting))
    value = editing.accepted(stored.session, setting, edit)
    if value == setting.value:
        plan.lines.append(PlanLine(one.key, PlanOutcome.UNCHANGED, shown, shown))
        return
    _require(stored, PermissionCode.SETTINGS_UPDATE)
    plan.changed.append((setting, value))
    plan.lines.append(PlanLine(one.key, PlanOutcome.CHANGE, shown, value))


def _refuse_other_columns(setting: ApplicationSetting, one: WantedSetting) -> None:
    if setting.is_mutable and not one.is_mutable:
        raise _Refused("It is read-only in the file, and not here.")
    for name, label in COLUMNS.items():
        wanted, here = getattr(one, name), getattr(setting, name) or ""
        if wanted is not None and wanted.strip() != here.strip():
            raise _Refused(f"Its {label} differs, which cannot be changed. Here it is: {here}")


def _require(stored: _Stored, code: PermissionCode) -> None:
    if not stored.may(code):
        raise _Refused(f"You need the permission {code} for this.")


def _hold_to_rules(session: DbSession, plan: SettingsPlan, *, anyway: bool) -> None:
    """Refuse what breaks a rule; without it, others may break a relation, so they are asked too."""
    while mistakes := checks.next_mistakes(session, plan.rules, _new_values(plan, anyway=anyway)):
        plan.added = [one for one in plan.added if one["key"] not in mistakes]
        plan.changed = [pair for pair in plan.changed if pair[0].key not in mistakes]
        plan.lines = [
            line._replace(outcome=PlanOutcome.REFUSED, reason=str(mistakes[line.name]))
            if line.name in mistakes and line.is_saved
            else line
            for line in plan.lines
        ]


def _new_values(plan: SettingsPlan, *, anyway: bool) -> list[NewValue]:
    added = [
        NewValue(one["key"], one["category"], one["data_type"], one["value"], anyway)
        for one in plan.added
    ]
    changed = [
        NewValue(setting.key, setting.category, setting.data_type, value, anyway)
        for setting, value in plan.changed
    ]
    return added + changed


def _only_here(session: DbSession, keys: set[str]) -> list[PlanLine]:
    stored = session.scalars(select(ApplicationSetting.key))
    return [PlanLine(key, PlanOutcome.ONLY_HERE) for key in stored if key not in keys]
