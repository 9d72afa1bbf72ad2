"""Present values that break a rule which is being made, for its review."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.settings import related, secrets, validity
from app.domain.settings.value_rules import checks, schemas
from app.domain.settings.value_rules.expressions import FIELD
from app.domain.settings.value_rules.json_schema.steps import Allowance
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import ValueRule
from app.models import ApplicationSetting, DbSession


class BrokenValue(NamedTuple):
    """A stored value that breaks a rule.

    Attributes:
        setting_id: The setting.
        key: Its key.
        value: Its value, as it may be shown.
        sentence: What it breaks.
    """

    setting_id: int
    key: str
    value: str
    sentence: str


class RelationKeys(NamedTuple):
    """The settings in a relation, and what of them it says nothing about.

    Attributes:
        broken: The values that break it together.
        missing: The keys that no setting has.
        secret: The keys of secrets, which break no relation.
        unchecked: What of it checks nothing with the present values, in sentences.
    """

    broken: list[BrokenValue]
    missing: list[str]
    secret: list[str]
    unchecked: list[str]


def broken_by_rule(setting: ApplicationSetting, rule: ValueRule) -> list[BrokenValue]:
    """Return the value of a setting if it breaks a rule; a secret breaks none.

    Raises:
        InvalidValue: The check takes too many steps.
    """
    value = secrets.shown_value(setting)
    if value is None or validity.problem(value, setting.data_type):
        return []
    refuse_slow_check(setting.key, value, setting.data_type, rule)
    found = validity.findings(value, setting.data_type, rule)
    sentence = found.problem or found.warning
    return [BrokenValue(setting.id, setting.key, value, f"{sentence}.")] if sentence else []


def refuse_slow_check(
    key: str, value: str, data_type: str, rule: ValueRule, allowance: Allowance | None = None
) -> None:
    """Refuse a rule by which the present value of its setting takes too many steps to check.

    Raises:
        InvalidValue: It does.
    """
    if schemas.broken(value, data_type, rule.schema, allowance) in schemas.NOT_CHECKED:
        message = f"The value of {key} takes too long to check by this rule. Simplify the rule."
        raise InvalidValue(message, field=schemas.SCHEMA_FIELD)


def broken_by_relation(session: DbSession, relation: Relation) -> RelationKeys:
    """Return the values that break a relation, and what it cannot look at.

    Raises:
        InvalidValue: Values of these data types are never compared.
    """
    by_key = _settings(session, relation.keys)
    refuse_incomparable(relation, {key: one.data_type for key, one in by_key.items()})
    shown = {
        key: value
        for key, setting in by_key.items()
        if (value := secrets.shown_value(setting)) is not None
    }
    lines = [(key, value, by_key[key].data_type) for key, value in shown.items()]
    found = related.findings_by_key([relation], lines)
    broken = [
        BrokenValue(by_key[key].id, key, shown[key], f"{said.problem or said.warning}.")
        for key, said in found.items()
        if key in shown
    ]
    missing = [key for key in relation.keys if key not in by_key]
    secret = [key for key, setting in by_key.items() if secrets.is_secret_setting(setting)]
    unchecked = list(filter(None, [relation.idle(checks.stored_operands(lines))]))
    return RelationKeys(broken, missing, secret, unchecked)


def silent(missing: Collection[str], secret: Collection[str]) -> list[str]:
    """Return in sentences what keys of a relation are nothing to compare with."""
    nothing = "A comparison with it says nothing"
    return [
        *(f"There is no setting named {key}. {nothing} until there is one." for key in missing),
        *(f"{key} is a secret. {nothing}." for key in secret),
    ]


def refuse_incomparable(relation: Relation, types: Mapping[str, str]) -> None:
    """Refuse a relation that never compares values of these data types, by key.

    Raises:
        InvalidValue: It does not.
    """
    if why := relation.why_never(types):
        raise InvalidValue(why, field=FIELD)


def _settings(session: DbSession, keys: Collection[str]) -> Mapping[str, ApplicationSetting]:
    query = select(ApplicationSetting).where(ApplicationSetting.key.in_(keys))
    found = {setting.key: setting for setting in session.scalars(query)}
    return {key: found[key] for key in keys if key in found}
