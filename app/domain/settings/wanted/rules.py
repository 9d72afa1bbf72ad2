"""Rules, relations and categories as a file wants them, and the plan of what is to be saved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select, union_all

from app.domain.plan_lines import PlanLine
from app.domain.settings import listing, lookup
from app.domain.settings.listing import SettingLine
from app.domain.settings.value_rules import rules
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import RuleSeverity, SettingRules, ValueRule
from app.domain.text import is_name
from app.models import CategoryRule, DbSession, SettingRule


class WantedRule(NamedTuple):
    """The rule of a setting as a file wants it; one that asks for nothing removes a rule."""

    key: str
    schema: str = ""
    unit: str = ""
    severity: str = RuleSeverity.REFUSE
    requires_reason: bool = False


class WantedRelation(NamedTuple):
    """A relation as a file wants it; it is known by its expression."""

    expression: str
    severity: str = RuleSeverity.REFUSE
    message: str = ""


class WantedCategory(NamedTuple):
    """A category, and whether each change of its settings is to need a reason."""

    name: str
    requires_reason: bool


@dataclass(frozen=True)
class WantedRules:
    """The rules of a file; None for a kind that it does not have.

    Attributes:
        rules: The rules of settings.
        relations: The relations between settings.
        categories: The categories.
        new_categories: The categories of the settings of the file, which may not exist yet.
    """

    rules: Sequence[WantedRule] | None = None
    relations: Sequence[WantedRelation] | None = None
    categories: Sequence[WantedCategory] | None = None
    new_categories: Collection[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether the file has none of the kinds."""
        return self.rules is None and self.relations is None and self.categories is None


@dataclass
class PlannedLines:
    """The outcomes of one kind."""

    lines: list[PlanLine] = field(default_factory=list)


@dataclass
class RulesPlan:
    """The outcome for each rule, relation and category, and what is to be saved.

    Attributes:
        stored: All rules as they are.
        settings: The settings that there are, by key.
        rules: The outcomes of rules.
        relations: The outcomes of relations.
        categories: The outcomes of categories.
        changed: The new rules, by key.
        put: The new relations, and those that change.
        flagged: The categories that change, and whether they are to need a reason.
    """

    stored: SettingRules
    settings: Mapping[str, SettingLine]
    rules: PlannedLines = field(default_factory=PlannedLines)
    relations: PlannedLines = field(default_factory=PlannedLines)
    categories: PlannedLines = field(default_factory=PlannedLines)
    changed: dict[str, ValueRule] = field(default_factory=dict)
    put: dict[str, Relation] = field(default_factory=dict)
    flagged: dict[str, bool] = field(default_factory=dict)

    @property
    def after(self) -> SettingRules:
        """All rules as they would be, which the values of the same file are held to."""
        kept = [one for one in self.stored.relations if one.expression not in self.put]
        flagged = {name for name, is_flagged in self.flagged.items() if is_flagged}
        categories = {*self.stored.categories} - self.flagged.keys() | flagged
        by_key = {**self.stored.by_key, **self.changed}
        return SettingRules(by_key, categories, [*kept, *self.put.values()])

    def own(self, key: str) -> ValueRule:
        """Return the stored rule of a key, without the mark of secrets, which files leave alone."""
        return self.stored.by_key.get(key, rules.NO_RULE)._replace(is_secret=None)

    @property
    def ruled(self) -> list[str]:
        """The keys of the settings that have a rule of their own."""
        return [
            key
            for key in self.stored.by_key
            if key in self.settings and self.own(key) != rules.NO_RULE
        ]

    @property
    def used_categories(self) -> set[str]:
        """The categories of the settings that there are, and "" for settings without one."""
        return {"", *(line.category for line in self.settings.values())}

    @property
    def flagged_now(self) -> list[str]:
        """The used categories whose settings need a reason for each change."""
        return [name for name in self.stored.categories if name in self.used_categories]


def lock_rules(
    session: DbSession, keys: Collection[str], wanted: Iterable[WantedRelation] = ()
) -> None:
    """Lock the settings with these keys, their rules, and the categories, before they are read.

    Who changes a value waits for the settings, also for those of new relations: without stored ones
    there is nothing that `rules.take_turns` could lock.
    """
    related = {key for one in wanted for key in Relation(0, one.expression).keys}
    lookup.lock_by_keys(session, related.union(keys))
    names = [key for key in keys if is_name(key)]
    locked = select(SettingRule.id).where(SettingRule.key.in_(names)).order_by(SettingRule.id)
    session.execute(locked.with_for_update()).all()
    session.execute(select(CategoryRule.id).order_by(CategoryRule.id).with_for_update()).all()


def read_plan(session: DbSession) -> RulesPlan:
    """Return a plan that changes nothing, in two statements."""
    lines = {line.key: line for line in listing.read_all(session)}
    found = rules.collected(session.connection().execute(union_all(*rules.ALL_RULES)))
    return RulesPlan(found, lines)


def wanted_rules(session: DbSession) -> WantedRules:
    """Return all rules as a file has them, in two statements; of categories those that are flagged.

    Marks of secrets are left out, and so are the rules of settings and categories that are gone.
    """
    plan = read_plan(session)
    own = {key: plan.own(key) for key in plan.ruled}
    # Other programs may have written a relation twice.
    relations = {one.expression.strip(): one for one in reversed(plan.stored.relations)}
    return WantedRules(
        [
            WantedRule(key, rule.schema, rule.unit, rule.severity.value, rule.requires_reason)
            for key, rule in own.items()
            if key
        ],
        [
            WantedRelation(text, _severity(one), one.message)
            for text, one in relations.items()
            if text
        ],
        [WantedCategory(name, requires_reason=True) for name in plan.flagged_now],
    )


def _severity(relation: Relation) -> str:
    return RuleSeverity.WARN if relation.is_warning else RuleSeverity.REFUSE
