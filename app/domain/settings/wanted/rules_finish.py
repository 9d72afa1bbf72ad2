"""Rules of a file beside its values: those without a setting, and values that break them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.settings import related, secrecy, validity
from app.domain.settings.value_rules import checks, schemas
from app.domain.settings.value_rules.editing import present_values
from app.domain.settings.value_rules.json_schema.steps import Allowance
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import NO_RULE
from app.domain.settings.wanted.plan import SettingsPlan
from app.domain.settings.wanted.rules import RulesPlan


class _Value(NamedTuple):
    """A value as it would be after the import; None for "not set" and for a secret."""

    text: str | None
    data_type: str


def finish_rules(plan: RulesPlan, settings: SettingsPlan | None) -> None:
    """Refuse new rules for settings that will not exist, and remark on values that break new ones.

    As on their pages, such values stay as they are.

    Args:
        plan: The plan of the rules, which is changed.
        settings: The plan of the settings of the same file; None if it has none.
    """
    known = dict(_values(plan, settings))
    allowance = Allowance(schemas.MOST_STEPS_OF_MANY)
    plan.rules.lines = [_finished_rule(plan, line, known, allowance) for line in plan.rules.lines]
    plan.relations.lines = [_finished_relation(plan, line, known) for line in plan.relations.lines]


def _finished_rule(
    plan: RulesPlan, line: PlanLine, known: Mapping[str, _Value], allowance: Allowance
) -> PlanLine:
    key = line.name
    if not line.is_saved:
        return line
    if key not in known and plan.changed[key]._replace(is_secret=None) != NO_RULE:
        plan.changed.pop(key)
        return PlanLine(key, PlanOutcome.REFUSED, reason=f"There is no setting named {key}.")
    if key not in known:
        return line
    try:
        sentence = _broken_by_rule(plan, key, known[key], allowance)
    except InvalidValue as refusal:
        plan.changed.pop(key)
        return PlanLine(key, PlanOutcome.REFUSED, reason=str(refusal))
    if sentence:
        return line._replace(reason=f"The value of {key} breaks it: it {sentence}.")
    return line


def _finished_relation(plan: RulesPlan, line: PlanLine, known: Mapping[str, _Value]) -> PlanLine:
    remark = _remark(plan.put[line.name], known) if line.is_saved else ""
    return line._replace(reason=remark) if remark else line


def _values(plan: RulesPlan, settings: SettingsPlan | None) -> Iterator[tuple[str, _Value]]:
    for key, line in plan.settings.items():
        is_hidden = line.is_secret or not secrecy.is_whole(line.value)
        yield key, _Value(None if is_hidden else line.value, line.data_type)
    if settings is not None:
        for one in settings.added:
            yield one["key"], _Value(one["value"], one["data_type"])
        for setting, value in settings.changed:
            yield setting.key, _Value(value, setting.data_type)


def _broken_by_rule(plan: RulesPlan, key: str, value: _Value, allowance: Allowance) -> str:
    if value.text is None or validity.problem(value.text, value.data_type):
        return ""
    rule = plan.changed[key]
    present_values.refuse_slow_check(key, value.text, value.data_type, rule, allowance)
    found = validity.findings(value.text, value.data_type, rule)
    sentence = found.problem or found.warning
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _remark(relation: Relation, known: Mapping[str, _Value]) -> str:
    """Return what the values say to a relation, and the keys that no setting has."""
    missing = [key for key in relation.keys if key not in known]
    lines = [(key, *known[key]) for key in relation.keys if key in known]
    found = related.findings_by_key([relation], lines)
    sentences = {f"{one.problem or one.warning}." for one in found.values()}
    if unchecked := relation.idle(checks.stored_operands(lines)):
        sentences.add(unchecked)
    if missing:
        sentences.add(f"There is no setting named {listed(missing)}.")
    return " ".join(sorted(sentences))
