"""Rules in words, for lists, commands and events."""

from collections.abc import Sequence
from typing import Any

from app.domain.errors import InvalidValue
from app.domain.phrases import shortlist
from app.domain.settings.value_rules import schemas
from app.domain.settings.value_rules.editing.typed_rules import TypedRule, checked_rule
from app.domain.settings.value_rules.json_schema import asked, words
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import RuleSeverity, ValueRule

ANY = "any value"
SIZE = "a size such as 100MB"
MOST_CHOICES = 6
MOST_PARTS = 6
# Texts for the fields of a rule where they are empty.
NOTHING = {"schema": ANY, "unit": "no unit", "message": "no sentence of its own"}
IS_NEEDED = {True: "needs a reason", False: "needs no reason"}
EFFECTS = {RuleSeverity.REFUSE: "refuses", RuleSeverity.WARN: "only warns"}


def schema_in_words(schema: str | None) -> str:
    """Return what a schema asks of a value, in short: "from 0 to 2"."""
    if not schema:
        return ANY
    if not schemas.is_readable(schema):
        return "a schema that cannot be read"
    members = schemas.keywords(schema)
    parts = [_choice(members["enum"])] if "enum" in members else []
    parts += [_choice([members["const"]])] if "const" in members else []
    parts += [SIZE] if members.get("format") == "size" else []
    told = {"enum", "const"}
    rest = {name: one for name, one in members.items() if name not in told and one != "size"}
    of_rest = words.of_schema(rest)
    if of_rest and not parts and of_rest[0].verb == asked.SUCH_THAT:
        parts, of_rest = [of_rest[0].as_statement], of_rest[1:]
    parts += [one.in_short for one in of_rest]
    return ", ".join(shortlist(parts, MOST_PARTS)) or ANY


def rule_in_words(rule: ValueRule) -> str:
    """Return a rule in short: "From 0 to 2, in seconds; only warns; needs a reason"."""
    of_value = [schema_in_words(rule.schema)] if rule.schema else []
    of_value += [f"in {rule.unit}"] if rule.unit else []
    parts = [", ".join(of_value)] if of_value else []
    if not of_value and (rule.is_warning or not rule.requires_reason):
        parts.append(ANY)
    if rule.is_warning:
        parts.append(EFFECTS[RuleSeverity.WARN])
    if rule.requires_reason:
        parts.append(IS_NEEDED[True])
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}"


def typed_in_words(typed: TypedRule, data_type: str) -> str:
    """Return a typed rule in short; its fields as they are while it is not valid."""
    try:
        return rule_in_words(checked_rule(typed, data_type))
    except InvalidValue:
        return "\n".join(f"{name}: {text}" for name, text in vars(typed).items() if text)


def relation_in_words(relation: Relation) -> str:
    """Return a relation in short: "a < b; only warns; says “Make a smaller.”"."""
    parts = [relation.expression]
    if relation.is_warning:
        parts.append(EFFECTS[RuleSeverity.WARN])
    if relation.message:
        parts.append(f"says “{relation.message}”")
    return "; ".join(parts)


def effect_in_words(relation: Relation) -> str:
    """Return what a relation does to values that break it: "only warns; says “Make a smaller.”"."""
    severity = RuleSeverity.WARN if relation.is_warning else RuleSeverity.REFUSE
    said = f"; says “{relation.message}”" if relation.message else ""
    return f"{EFFECTS[severity]}{said}"


def field_in_words(field: str, content: Any) -> str:
    """Return one recorded field of a rule or a relation, as events tell of it."""
    if field == "schema":
        return schema_in_words(content)
    if field == "requires_reason":
        return IS_NEEDED[bool(content)]
    if field == "severity":
        return EFFECTS[RuleSeverity.WARN if content == RuleSeverity.WARN else RuleSeverity.REFUSE]
    return str(content) if content else NOTHING.get(field, "nothing")


def _choice(choices: Sequence[Any]) -> str:
    text = asked.choice(choices, MOST_CHOICES)
    if not choices:
        return text
    return f"one of {text}" if len(choices) > 1 else f"only {text}"
