"""Rules of settings, and the categories whose settings need a reason for each change."""

import json
from typing import Any

from app.api import preconditions
from app.api.endpoint import Answer, endpoint, saved
from app.api.schemas import (
    CATEGORIES,
    REASON,
    RULE_FIELDS,
    RULES,
    TEXTS,
    component,
    taken,
)
from app.api.settings.values import ONE, READ, UPDATE
from app.domain import etags, settings
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import RuleSeverity, ValueRule
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import FlagsEdit, RuleEdit, TypedRule
from app.extensions import db
from app.models import AuditEvent, DbSession

RULE, FLAGS = f"{ONE}/rule", "/categories"


@endpoint("GET", "/rules", needs=(READ,), gives=RULES)
def index() -> Any:
    """List the rules of all settings, each with what the stored value breaks."""
    items = [
        {"key": line.key, **_shown(line.rule), "broken": list(filter(None, line.findings))}
        for line in editing.all_rules(db.session).rules
    ]
    return {"items": items}


@endpoint("GET", RULE, needs=(READ,), gives=component("Rule"), has_etag=True)
def show(key: str) -> Answer:
    """Read the rule of a setting."""
    settings.by_key(db.session, key)
    return _answer(db.session, key)


@endpoint(
    "PUT",
    RULE,
    read=READ,
    needs=(UPDATE,),
    gives=component("SavedRule"),
    takes=taken(**RULE_FIELDS, **REASON),
    has_etag=True,
)
def replace(key: str, body: dict[str, Any]) -> Answer:
    """Give a setting another rule, and tell what the stored value breaks of it."""
    broken = saved(_replace, key, body)
    answer = _answer(db.session, key)
    return Answer({**answer.content, "broken": broken}, answer.etag)


@endpoint("DELETE", RULE, read=READ, needs=(UPDATE,), takes=taken(**REASON), has_etag=True)
def delete(key: str, body: dict[str, Any]) -> None:
    """Remove the rule of a setting."""
    saved(_replace, key, body)


@endpoint("GET", FLAGS, needs=(READ,), gives=CATEGORIES, has_etag=True)
def categories() -> Answer:
    """List the categories, and whether each change of their settings needs a reason."""
    return _flags(db.session)


@endpoint(
    "PUT",
    FLAGS,
    read=READ,
    needs=(UPDATE,),
    gives=CATEGORIES,
    takes=taken("requires_reason", requires_reason=TEXTS, **REASON),
    has_etag=True,
)
def flag_categories(body: dict[str, Any]) -> Answer:
    """Say which categories need a reason for each change; "" is that of settings without one."""
    saved(_flag, body)
    return _flags(db.session)


def _replace(session: DbSession, key: str, body: dict[str, Any], *, actor: Actor) -> list[str]:
    """Change a rule, and return the sentences on what the stored value breaks of it."""
    setting = settings.by_key(session, key, locks=True)
    etag = editing.rule_etag(editing.own_rule(session, key))
    preconditions.compare(etag)
    schema = body.get("schema")
    typed = TypedRule(
        schema="" if schema is None else json.dumps(schema, ensure_ascii=False),
        unit=body.get("unit", ""),
        severity=body.get("severity", RuleSeverity.REFUSE),
        requires_reason=body.get("requires_reason", False),
    )
    edit = RuleEdit(typed, etag, body.get("reason", ""))
    broken = editing.review_rule(session, setting.id, edit, actor=actor).broken
    editing.change_rule(session, setting.id, edit, actor=actor)
    return [value.sentence for value in broken]


def _answer(session: DbSession, key: str) -> Answer:
    rule = editing.own_rule(session, key)
    return Answer(_shown(rule), editing.rule_etag(rule))


def _shown(rule: ValueRule) -> dict[str, Any]:
    severity = RuleSeverity.WARN if rule.is_warning else RuleSeverity.REFUSE
    return {
        "schema": settings.keywords(rule.schema) or None,
        "unit": rule.unit,
        "severity": severity.value,
        "requires_reason": rule.requires_reason,
        "words": editing.rule_in_words(rule),
    }


def _flag(session: DbSession, body: dict[str, Any], *, actor: Actor) -> list[AuditEvent]:
    present, names = editing.category_flags(session, locks=True), body["requires_reason"]
    preconditions.compare(_flags_etag(present))
    if unknown := sorted(set(names) - present.keys()):
        sentence = f"No category is named {listed(unknown)}."
        raise InvalidValue(sentence, field="requires_reason")
    edit = FlagsEdit(names, editing.flags_etag(present), body.get("reason", ""))
    return editing.change_flags(session, edit, actor=actor)


def _flags(session: DbSession) -> Answer:
    flags = editing.category_flags(session)
    items = [{"name": name, "requires_reason": is_flagged} for name, is_flagged in flags.items()]
    return Answer({"items": items}, _flags_etag(flags))


def _flags_etag(flags: dict[str, bool]) -> str:
    return etags.of(list(flags.items()))
