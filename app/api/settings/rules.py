"""Rules of settings, and the categories whose settings need a reason for each change."""

from collections.abc import Iterable
from typing import Any

from app.api import preconditions
from app.api.changes import Resource
from app.api.endpoint import Answer, endpoint, reviewed, saved
from app.api.schemas import (
    CATEGORIES,
    FLAG,
    REASON,
    REVIEWED,
    RULE_FIELDS,
    RULES,
    SHOWN_RULE,
    TEXTS,
    component,
    given,
    taken,
)
from app.api.settings.values import ONE, READ, UPDATE
from app.domain import etags, settings
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import RuleSeverity, ValueRule
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import BrokenValue, FlagsEdit, RuleEdit, TypedRule
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent, DbSession

RULE, FLAGS = f"{ONE}/rule", "/categories"


def _answer(setting: ApplicationSetting) -> Answer:
    rule = editing.own_rule(db.session, setting.key)
    etag = editing.rule_etag(rule)
    return Answer({**_shown(rule), "etag": etag}, etag)


def _lock(session: DbSession, key: str) -> ApplicationSetting:
    return settings.by_key(session, key, locks=True)


RULE_OF = Resource("key", READ, _lock, settings.get, _answer)


@endpoint("GET", "/rules", needs=(READ,), gives=RULES)
def index() -> Any:
    """List the rules of all settings, each with what the stored value breaks."""
    items = [
        {
            "key": line.key,
            **_shown(line.rule),
            "broken": list(filter(None, line.findings)),
            "unchecked": line.unchecked,
            "etag": editing.rule_etag(line.rule),
        }
        for line in editing.all_rules(db.session).rules
    ]
    return {"items": items}


@endpoint("GET", RULE, needs=(READ,), gives=component("Rule"), has_etag=True)
def show(key: str) -> Answer:
    """Read the rule of a setting."""
    return _answer(settings.by_key(db.session, key))


@endpoint(
    "POST",
    f"{ONE}/rule-review",
    read=READ,
    needs=(UPDATE,),
    gives=given(**SHOWN_RULE, broken=TEXTS, needs_reason=FLAG),
    takes=taken(**RULE_FIELDS, **REASON),
)
def review(key: str, body: dict[str, Any]) -> Answer:
    """Tell what the stored value would break of a rule, which is not saved."""
    setting = settings.by_key(db.session, key)
    found = reviewed(editing.review_rule, setting.id, _edit(setting, body))
    needs_reason = bool(found.needing_reason)
    content = {**_shown(found.after), **_broken(found.broken), "needs_reason": needs_reason}
    return Answer(content, found.content.etag)


@RULE_OF.change(
    "PUT",
    RULE,
    needs=(UPDATE,),
    gives=component("SavedRule"),
    takes=taken(**RULE_FIELDS, **REASON, **REVIEWED),
)
def replace(setting: ApplicationSetting, body: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Give a setting another rule, and tell what the stored value breaks of it."""
    editing.change_rule(db.session, setting.id, _edit(setting, body), actor=actor)
    rule = editing.own_rule(db.session, setting.key)
    return _broken(editing.broken_by_rule(setting, rule))


@RULE_OF.change("DELETE", RULE, needs=(UPDATE,), takes=taken(**REASON))
def delete(setting: ApplicationSetting, body: dict[str, Any], actor: Actor) -> None:
    """Remove the rule of a setting."""
    editing.change_rule(db.session, setting.id, _edit(setting, body), actor=actor)


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


def _edit(setting: ApplicationSetting, body: dict[str, Any]) -> RuleEdit:
    typed = TypedRule(
        schema=editing.schema_as_text(body.get("schema") or {}),
        unit=body.get("unit", ""),
        severity=body.get("severity", RuleSeverity.REFUSE),
        requires_reason=body.get("requires_reason", False),
    )
    etag = editing.rule_etag(editing.own_rule(db.session, setting.key))
    return RuleEdit(typed, etag, body.get("reason", ""), body.get("reviewed"))


def _broken(values: Iterable[BrokenValue]) -> dict[str, list[str]]:
    return {"broken": [value.sentence for value in values]}


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
        sentence = f"There is no category named {listed(unknown)}."
        raise InvalidValue(sentence, field="requires_reason")
    edit = FlagsEdit(names, editing.flags_etag(present), body.get("reason", ""))
    return editing.change_flags(session, edit, actor=actor)


def _flags(session: DbSession) -> Answer:
    flags = editing.category_flags(session)
    items = [{"name": name, "requires_reason": is_flagged} for name, is_flagged in flags.items()]
    return Answer({"items": items}, _flags_etag(flags))


def _flags_etag(flags: dict[str, bool]) -> str:
    return etags.of(list(flags.items()))
