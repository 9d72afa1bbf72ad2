"""The plan of rules, relations and categories of a file, held to what their pages ask."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from app.domain.errors import InvalidValue
from app.domain.permissions import May, PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.settings.value_rules.editing import present_values, relation, typed_rules, words
from app.domain.settings.value_rules.editing.flags import WITHOUT
from app.domain.settings.value_rules.editing.relation_edit import RelationEdit, relation_fields
from app.domain.settings.value_rules.editing.typed_rules import TypedRule
from app.domain.settings.value_rules.rules import NO_RULE, ValueRule
from app.domain.settings.wanted.rules import (
    RulesPlan,
    WantedCategory,
    WantedRelation,
    WantedRule,
    WantedRules,
    read_plan,
)
from app.models import DbSession

NEEDED = f"You need the permission {PermissionCode.SETTINGS_UPDATE} for this."


class _Refused(Exception):
    """The entry cannot be imported; its text is the reason."""


def plan_rules(session: DbSession, wanted: WantedRules, may: May) -> RulesPlan:
    """Return what an import of these rules would do; `finish_rules` looks at the values.

    Args:
        session: The database session; it only reads.
        wanted: The rules of the file.
        may: The question whether the actor has a permission.
    """
    plan = read_plan(session)
    is_allowed = may(PermissionCode.SETTINGS_UPDATE)
    if wanted.rules is not None:
        checks = {one.key: partial(_rule, plan, one) for one in wanted.rules}
        plan.rules.lines = _lines(checks, plan.ruled, is_allowed=is_allowed)
    if wanted.relations is not None:
        texts = {one.expression: partial(_relation, plan, one) for one in wanted.relations}
        here = [one.expression.strip() for one in plan.stored.relations]
        plan.relations.lines = _lines(texts, here, is_allowed=is_allowed)
    if wanted.categories is not None:
        used = plan.used_categories.union(wanted.new_categories, plan.stored.categories)
        names = {one.name: partial(_category, plan, used, one) for one in wanted.categories}
        lines = _lines(names, plan.flagged_now, is_allowed=is_allowed)
        plan.categories.lines = [line._replace(name=line.name or WITHOUT) for line in lines]
    return plan


def _lines(
    checks: Mapping[str, Callable[..., PlanLine]], here: Iterable[str], *, is_allowed: bool
) -> list[PlanLine]:
    """Return the lines of what a file names, and of what only the database has."""
    lines = []
    for name, check in checks.items():
        try:
            lines.append(check(is_allowed=is_allowed))
        except (InvalidValue, _Refused) as refusal:
            lines.append(PlanLine(name, PlanOutcome.REFUSED, reason=str(refusal)))
    others = dict.fromkeys(name for name in here if name not in checks)
    return lines + [PlanLine(name, PlanOutcome.ONLY_HERE) for name in others]


def _rule(plan: RulesPlan, one: WantedRule, *, is_allowed: bool) -> PlanLine:
    before = plan.own(one.key)
    line = plan.settings.get(one.key)
    typed = TypedRule(
        schema=one.schema,
        unit=one.unit,
        severity=one.severity,
        requires_reason=one.requires_reason,
    )
    if _is_stored(before, typed):
        return PlanLine(one.key, PlanOutcome.UNCHANGED)
    data_type = line.data_type if line else ""
    after = typed_rules.checked_rule(typed, data_type, before.schema)
    if after == before:
        return PlanLine(one.key, PlanOutcome.UNCHANGED)
    _require(is_allowed=is_allowed)
    stored = plan.stored.by_key.get(one.key, NO_RULE)
    plan.changed[one.key] = after._replace(is_secret=stored.is_secret)
    outcome = PlanOutcome.ADD if before == NO_RULE else PlanOutcome.CHANGE
    shown = None if before == NO_RULE else words.rule_in_words(before)
    return PlanLine(one.key, outcome, shown, words.rule_in_words(after))


def _is_stored(before: ValueRule, typed: TypedRule) -> bool:
    """Tell whether a rule is stored so, also one that another program wrote and nobody can read."""
    wanted = (typed.schema, typed.unit, typed.severity, typed.requires_reason)
    return wanted == (before.schema, before.unit, before.severity, before.requires_reason)


def _relation(plan: RulesPlan, one: WantedRelation, *, is_allowed: bool) -> PlanLine:
    # As a file names it: other programs may have written spaces around it.
    stored = [each for each in plan.stored.relations if each.expression.strip() == one.expression]
    wanted = {**one._asdict(), "message": one.message or None}
    if any(relation_fields(each) | {"expression": one.expression} == wanted for each in stored):
        return PlanLine(one.expression, PlanOutcome.UNCHANGED)
    edit = RelationEdit(one.expression, one.severity, one.message)
    after = relation.checked_relation(edit, stored[0].id if stored else relation.NEW)
    if after in stored:
        return PlanLine(one.expression, PlanOutcome.UNCHANGED)
    types = {key: line.data_type for key, line in plan.settings.items()}
    present_values.refuse_incomparable(after, types)
    _require(is_allowed=is_allowed)
    plan.put[after.expression] = after
    if not stored:
        shown = words.effect_in_words(after)
        return PlanLine(after.expression, PlanOutcome.ADD, after=shown)
    before, shown = words.effect_in_words(stored[0]), words.effect_in_words(after)
    return PlanLine(after.expression, PlanOutcome.CHANGE, before, shown)


def _category(
    plan: RulesPlan, used: Collection[str], one: WantedCategory, *, is_allowed: bool
) -> PlanLine:
    if one.name and one.name not in used:
        raise _Refused(f"There is no category named {one.name}.")
    was = one.name in plan.stored.categories
    if was == one.requires_reason:
        return PlanLine(one.name, PlanOutcome.UNCHANGED)
    _require(is_allowed=is_allowed)
    plan.flagged[one.name] = one.requires_reason
    before, after = words.IS_NEEDED[was], words.IS_NEEDED[one.requires_reason]
    return PlanLine(one.name, PlanOutcome.CHANGE, before, after)


def _require(*, is_allowed: bool) -> None:
    if not is_allowed:
        raise _Refused(NEEDED)
