"""Rules, relations and categories of a file, saved together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.settings.value_rules import checks
from app.domain.settings.value_rules.editing import flags, relation, rule
from app.domain.settings.value_rules.editing.relation_edit import relation_fields
from app.domain.settings.value_rules.rules import NO_RULE
from app.domain.settings.wanted.rules import RulesPlan
from app.domain.target import Target
from app.models import ApplicationSetting, CategoryRule, DbSession, SettingRule, ValueRelation

Events = Iterator[tuple[Target, Change]]
Table = type[SettingRule | ValueRelation | CategoryRule]


def reason_for_rules(session: DbSession, plan: RulesPlan, reason: str) -> str:
    """Return the reason for saving rules, checked against the rules that are stored.

    Raises:
        InvalidValue: It is too long, or there is none where one is needed.
    """
    concerned = {key for one in plan.put.values() for key in one.keys}
    concerned |= {
        key for one in plan.stored.relations if one.expression in plan.put for key in one.keys
    }
    needing = checks.needing_reason(session, concerned | plan.changed.keys())
    cleared = [name or flags.WITHOUT for name, is_on in plan.flagged.items() if not is_on]
    return checks.reason_for(reason, [*needing, *cleared])


def save_rules(session: DbSession, plan: RulesPlan, reason: str, *, actor: Actor) -> None:
    """Save a plan that was made under locks, and record each change.

    Args:
        session: The database session; the caller commits it.
        plan: The plan; the settings of its file are saved already.
        reason: The result of `reason_for_rules`.
        actor: The person or command who imports it.
    """
    events = [*_rules(session, plan), *_relations(session, plan), *_categories(session, plan)]
    if events:
        audit.record_save(session, events, actor=actor, reason=reason)


def _rules(session: DbSession, plan: RulesPlan) -> Events:
    if not plan.changed:
        return
    _put(
        session,
        SettingRule,
        "key",
        [{"key": key, **rule.rule_fields(after)} for key, after in plan.changed.items()],
    )
    empty = [key for key, after in plan.changed.items() if after == NO_RULE]
    session.execute(delete(SettingRule).where(SettingRule.key.in_(empty)))
    named = select(ApplicationSetting.key, ApplicationSetting.id)
    named = named.where(ApplicationSetting.key.in_(plan.changed))
    ids = {row.key: row.id for row in session.execute(named)}
    for key, after in plan.changed.items():
        old, new = rule.rule_fields(plan.own(key)), rule.rule_fields(after)
        yield Target("setting", key, ids.get(key)), _change(rule.CHANGED, old, new)


def _relations(session: DbSession, plan: RulesPlan) -> Events:
    if not plan.put:
        return
    _put(session, ValueRelation, "expression", [relation_fields(one) for one in plan.put.values()])
    named = select(ValueRelation.expression, ValueRelation.id)
    named = named.where(ValueRelation.expression.in_(plan.put)).order_by(ValueRelation.id.desc())
    ids = {row.expression: row.id for row in session.execute(named)}
    stored = {one.id: one for one in plan.stored.relations}
    for text, one in plan.put.items():
        old = relation_fields(stored[one.id]) if one.id in stored else {}
        action = relation.CHANGED if old else relation.ADDED
        yield Target("relation", text, ids[text]), _change(action, old, relation_fields(one))


def _categories(session: DbSession, plan: RulesPlan) -> Events:
    if not plan.flagged:
        return
    rows = [{"category": name, "requires_reason": is_on} for name, is_on in plan.flagged.items()]
    _put(session, CategoryRule, "category", rows)
    for name, is_on in plan.flagged.items():
        before, after = {"requires_reason": not is_on}, {"requires_reason": is_on}
        yield Target("category", name or flags.WITHOUT), Change(flags.CHANGED, before, after)


def _put(session: DbSession, table: Table, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change the rows that there are, and insert the others, in three statements."""
    column = getattr(table, name)
    names = select(column).where(column.in_([row[name] for row in rows]))
    there = set(session.scalars(names))
    connection = session.connection()
    changed = [{**row, "named": row[name]} for row in rows if row[name] in there]
    if changed:
        fields: dict[str, Any] = {each: bindparam(each) for each in rows[0] if each != name}
        statement = update(table).where(column == bindparam("named")).values(fields)
        connection.execute(
            statement,
            [{key: content for key, content in row.items() if key != name} for row in changed],
        )
    if new := [dict(row) for row in rows if row[name] not in there]:
        connection.execute(insert(table), new)


def _change(action: str, old: dict[str, Any], new: dict[str, Any]) -> Change:
    """Return the change of what differs."""
    changed = [name for name in new if new[name] != old.get(name)]
    before = {name: old[name] for name in changed if name in old}
    return Change(action, before or None, {name: new[name] for name in changed})
