"""All rules, with the settings that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import union_all

from app.domain.settings.listing import SettingLine, read_all
from app.domain.settings.validity import NOTHING_FOUND, ValueFindings
from app.domain.settings.value_rules import checks, schemas
from app.domain.settings.value_rules.comparisons import Known
from app.domain.settings.value_rules.editing import words
from app.domain.settings.value_rules.editing.present_values import silent
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import ALL_RULES, NO_RULE, ValueRule, collected
from app.models import DbSession


@dataclass(frozen=True)
class RuleLine:
    """A rule as a list shows it.

    Attributes:
        key: The key of its setting.
        rule: The rule.
        line: The setting; None if there is none with this key.
    """

    key: str
    rule: ValueRule
    line: SettingLine | None

    @property
    def words(self) -> str:
        """The rule in short."""
        return words.rule_in_words(self.rule)

    @property
    def is_readable(self) -> bool:
        """Tell whether the console can read it; another program may have written it."""
        return schemas.is_readable(self.rule.schema)

    @property
    def unchecked(self) -> list[str]:
        """The parts of it that check nothing, in sentences; another program may have written it."""
        return schemas.unchecked(self.rule.schema, self.line.data_type if self.line else "")

    @property
    def findings(self) -> ValueFindings:
        """The findings of the rule in the stored value; relations have lines of their own."""
        if self.line is None:
            return NOTHING_FOUND
        return self.line._replace(related=NOTHING_FOUND).findings


@dataclass(frozen=True)
class RelationLine:
    """A relation as a list shows it.

    Attributes:
        relation: The relation.
        broken: The sentence on stored values that break it, or "".
        unchecked: What of it checks nothing, in sentences.
    """

    relation: Relation
    broken: str
    unchecked: list[str]


@dataclass(frozen=True)
class AllRules:
    """All rules of settings and all relations."""

    rules: list[RuleLine]
    relations: list[RelationLine]


def all_rules(session: DbSession) -> AllRules:
    """Return all rules by key, and all relations, in two statements."""
    lines = {line.key: line for line in read_all(session)}
    found = collected(session.connection().execute(union_all(*ALL_RULES)))
    unmarked = {key: rule._replace(is_secret=None) for key, rule in found.by_key.items()}
    known = checks.stored_operands(
        [(line.key, line.value, line.data_type) for line in lines.values() if not line.is_secret]
    )
    return AllRules(
        [
            RuleLine(key, rule, lines.get(key))
            for key, rule in sorted(unmarked.items())
            if rule != NO_RULE
        ],
        [_relation_line(one, lines, known) for one in found.relations],
    )


def _relation_line(one: Relation, lines: Mapping[str, SettingLine], known: Known) -> RelationLine:
    types = {key: lines[key].data_type for key in one.keys if key in lines}
    unchecked = [*filter(None, [one.why_never(types) or one.idle(known)])]
    unchecked += silent(
        [key for key in one.keys if key not in lines],
        [key for key in one.keys if key in lines and lines[key].is_secret],
    )
    return RelationLine(one, one.broken(known), unchecked)
