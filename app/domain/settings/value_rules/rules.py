"""The rules of settings as they are stored: for one value, for a category, between values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, false, literal_column, null, select, true, union_all
from sqlalchemy.orm import attributes

from app.domain import audit
from app.domain.settings.value_rules.relations import Relation
from app.domain.text import is_name
from app.models import (
    ApplicationSetting,
    CategoryRule,
    DbSession,
    SettingRule,
    ValueRelation,
)


class RuleSeverity(StrEnum):
    """The effect of a rule on a value that breaks it; any other text refuses it."""

    REFUSE = "refuse"
    WARN = "warn"


class ValueRule(NamedTuple):
    """The rule of one setting.

    Attributes:
        schema: Its JSON Schema, or "".
        unit: The unit of its values, or "".
        is_warning: Whether values that break it may be saved after a warning.
        requires_reason: Whether a save needs a reason, for the setting or for its category.
        is_secret: Whether it marks the setting as a secret, or as none; None for no mark.
    """

    schema: str = ""
    unit: str = ""
    is_warning: bool = False
    requires_reason: bool = False
    is_secret: bool | None = None

    @property
    def severity(self) -> RuleSeverity:
        """The effect on a value that breaks it."""
        return RuleSeverity.WARN if self.is_warning else RuleSeverity.REFUSE


NO_RULE = ValueRule()
NO_RULE_BUT_A_REASON = ValueRule(requires_reason=True)


@dataclass(frozen=True)
class SettingRules:
    """All rules, or those of some settings.

    Attributes:
        by_key: The rules by the key of their setting.
        categories: The categories that need a reason; "" is that of settings without one.
        relations: The rules between values.
    """

    by_key: Mapping[str, ValueRule] = field(default_factory=dict)
    categories: Collection[str] = frozenset()
    relations: Sequence[Relation] = ()

    def of(self, key: str, category: str | None) -> ValueRule:
        """Return the rule of a setting; one that asks for nothing if it has none."""
        rule = self.by_key.get(key)
        if not self.categories or (category or "") not in self.categories:
            return rule or NO_RULE
        return rule._replace(requires_reason=True) if rule else NO_RULE_BUT_A_REASON


def _query(kind: str, *columns: Any) -> Select[Any]:
    return select(literal_column(f"'{kind}'").label("kind"), *columns)


# Of the same columns as the rows of settings, so that a list reads all in one statement.
_RULES = _query(
    "rule",
    *(SettingRule.id, SettingRule.key, SettingRule.schema, SettingRule.severity, SettingRule.unit),
    *(null(), SettingRule.requires_reason, SettingRule.is_secret),
)
_CATEGORIES = _query(
    *("category", CategoryRule.id, CategoryRule.category, null(), null(), null(), null(), true()),
    null(),
).where(CategoryRule.requires_reason)
_RELATIONS = _query(
    *("relation", ValueRelation.id, ValueRelation.expression, ValueRelation.message),
    *(ValueRelation.severity, null(), null(), false(), null()),
)
ALL_RULES = (_RULES, _CATEGORIES, _RELATIONS)
SETTINGS = _query(
    "setting",
    *(ApplicationSetting.id, ApplicationSetting.key, ApplicationSetting.value),
    *(ApplicationSetting.data_type, ApplicationSetting.description, ApplicationSetting.category),
    *(ApplicationSetting.is_mutable, null()),
)
_LOCK = select(ValueRelation.id).order_by(ValueRelation.id).with_for_update()


def read_rules(session: DbSession, keys: Collection[str]) -> SettingRules:
    """Return the rules of these settings and all relations, in one statement."""
    names = [key for key in keys if is_name(key)]
    query = union_all(_RULES.where(SettingRule.key.in_(names)), _CATEGORIES, _RELATIONS)
    return collected(session.connection().execute(query))


def rules_of(
    session: DbSession, settings: Collection[ApplicationSetting], *keys: str
) -> SettingRules:
    """Return the rules of settings that are loaded, and of other keys; see `read_rules`.

    The marks of secrets become those of the rules: PostgreSQL has read the mark of a setting before
    it waited for the lock of its row.
    """
    found = read_rules(session, [*(setting.key for setting in settings), *keys])
    for setting in settings:
        mark = found.by_key.get(setting.key, NO_RULE).is_secret
        attributes.set_committed_value(setting, "secret_mark", mark)
    return found


def collected(rows: Iterable[Sequence[Any]]) -> SettingRules:
    """Return the rules that rows of `ALL_RULES` hold."""
    by_key: dict[str, ValueRule] = {}
    categories: set[str] = set()
    relations: list[Relation] = []
    for kind, number, name, text, severity, unit, _, is_required, mark in rows:
        is_warning = severity == RuleSeverity.WARN
        if kind == "rule":
            is_secret = None if mark is None else bool(mark)
            by_key[name] = ValueRule(
                text or "", unit or "", is_warning, bool(is_required), is_secret
            )
        elif kind == "category":
            categories.add(name)
        else:
            relations.append(Relation(number, name, text or "", is_warning))
    return SettingRules(by_key, categories, sorted(relations, key=lambda relation: relation.id))


def take_turns(session: DbSession) -> bool:
    """Lock the relations until the transaction ends, before any setting is locked.

    Each of two saves may keep a relation with the other value as it was, and break it together; so
    whoever saves takes turns. Without relations nobody waits. On SQLite the transaction has locked
    the whole file already.

    Returns:
        Whether there was a relation to lock, or the whole file is; see `take_turns_over_new`.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.connection().execute(_LOCK).all())


def take_turns_over_new(session: DbSession) -> None:
    """Make who creates settings and who makes the first relation take turns, before they read.

    Neither has a row of the other's to lock: there is no relation yet, and no such setting. So both
    lock the end of the record, behind the settings, as every change does last.
    """
    audit.locked_head(session.connection())
