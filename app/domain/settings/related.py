"""Findings of relations in stored values, and all that rules say of one setting."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.domain.settings import secrets, validity
from app.domain.settings.validity import NOTHING_FOUND, ValueFindings
from app.domain.settings.value_rules import checks, rules
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import ValueRule
from app.models import ApplicationSetting, DbSession


@dataclass(frozen=True)
class RuleState:
    """The rule of a setting, and what it finds in the stored value."""

    rule: ValueRule
    findings: ValueFindings


def findings_by_key(
    relations: Collection[Relation], lines: Iterable[tuple[str, str | None, str]]
) -> dict[str, ValueFindings]:
    """Return what stored values break of the relations, by the key of each setting in them.

    Args:
        relations: The relations.
        lines: The key, the value and the data type of each setting that is no secret.
    """
    keys = {key for relation in relations for key in relation.keys}
    if not keys:
        return {}
    known = checks.stored_operands([line for line in lines if line[0] in keys])
    found: dict[str, ValueFindings] = {}
    for relation in relations:
        if broken := relation.broken(known):
            said = {"warning" if relation.is_warning else "problem": broken.removesuffix(".")}
            for key in relation.keys:
                found[key] = found.get(key, NOTHING_FOUND)._replace(**said)
    return found


def rule_state(session: DbSession, setting: ApplicationSetting) -> RuleState:
    """Return what the rules say of a setting and of its stored value; of a secret only its rule."""
    found = rules.read_rules(session, [setting.key])
    rule = found.of(setting.key, setting.category)
    concerned = [relation for relation in found.relations if setting.key in relation.keys]
    by_key = {}
    if concerned:
        keys = {key for relation in concerned for key in relation.keys}
        by_key = findings_by_key(concerned, checks.open_values(session, keys))
    value = secrets.shown_value(setting)
    related = by_key.get(setting.key, NOTHING_FOUND)
    return RuleState(rule, validity.findings(value, setting.data_type, rule, related))
