"""Rules of a file beside its values: those without a setting, and values that break them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.phrases import listed
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.settings import related, secrecy, validity
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import NO_RULE
from app.domain.settings.wanted.plan import SettingsPlan
from app.domain.settings.wanted.rules import PlannedLines, RulesPlan


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
    new = [key for key, rule in plan.changed.items() if rule._replace(is_secret=None) != NO_RULE]
    for key in (key for key in new if key not in known):
        plan.changed.pop(key)
        reason = f"There is no setting named {key}."
        _replace(plan.rules, PlanLine(key, PlanOutcome.REFUSED, reason=reason))
    for line in _saved(plan.rules):
        if line.name in known and (sentence := _broken_by_rule(plan, line.name, known[line.name])):
            reason = f"The value of {line.name} breaks it: it {sentence}."
            _replace(plan.rules, line._replace(reason=reason))
    for line in _saved(plan.relations):
        if remark := _remark(plan.put[line.name], known):
            _replace(plan.relations, line._replace(reason=remark))


def _values(plan: RulesPlan, settings: SettingsPlan | None) -> Iterator[tuple[str, _Value]]:
    for key, line in plan.settings.items():
        is_hidden = line.is_secret or secrecy.holds_password(line.value)
        yield key, _Value(None if is_hidden else line.value, line.data_type)
    if settings is not None:
        for one in settings.added:
            yield one["key"], _Value(one["value"], one["data_type"])
        for setting, value in settings.changed:
            yield setting.key, _Value(value, setting.data_type)


def _broken_by_rule(plan: RulesPlan, key: str, value: _Value) -> str:
    if value.text is None or validity.problem(value.text, value.data_type):
        return ""
    found = validity.findings(value.text, value.data_type, plan.changed[key])
    sentence = found.problem or found.warning
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _remark(relation: Relation, known: dict[str, _Value]) -> str:
    """Return what the values say to a relation, and the keys that no setting has."""
    missing = [key for key in relation.keys if key not in known]
    lines = [(key, *known[key]) for key in relation.keys if key in known]
    found = related.findings_by_key([relation], lines)
    sentences = {f"{one.problem or one.warning}." for one in found.values()}
    if missing:
        sentences.add(f"No setting is named {listed(missing)}.")
    return " ".join(sorted(sentences))


def _saved(planned: PlannedLines) -> Iterable[PlanLine]:
    return [line for line in planned.lines if line.is_saved]


def _replace(planned: PlannedLines, new: PlanLine) -> None:
    planned.lines = [new if line.name == new.name else line for line in planned.lines]
