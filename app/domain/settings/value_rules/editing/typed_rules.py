"""Rules as people type them: simple fields for the common keywords, a JSON Schema for the rest."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import validation
from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import values
from app.domain.settings.value_rules import schemas
from app.domain.settings.value_rules.json_schema import equality
from app.domain.settings.value_rules.json_schema.steps import Steps
from app.domain.settings.value_rules.rules import RuleSeverity, ValueRule
from app.domain.settings.values import DataType
from app.domain.text import checked_line, with_line_feeds

UNIT_CHARACTERS = 30
NUMBERS = (DataType.INTEGER, DataType.FLOAT)
BOUNDS = ("minimum", "maximum")
# The simple fields that suit a data type; others have a JSON Schema alone.
NAMES = {"enum": "“enum” (the choices)", "format": "“format” (the size)"}
FIELDS: Mapping[DataType | None, tuple[str, ...]] = {
    DataType.INTEGER: ("choices", *BOUNDS),
    DataType.FLOAT: ("choices", *BOUNDS),
    DataType.STRING: ("choices", "pattern", "is_size"),
}
LABELS = {
    "choices": "Choices",
    "minimum": "A minimum",
    "maximum": "A maximum",
    "pattern": "A pattern",
    "is_size": "A size",
}


@dataclass(frozen=True)
class TypedRule:
    """A rule as typed.

    Attributes:
        choices: The values to choose from, one on each line.
        minimum: The lowest value.
        maximum: The highest value.
        pattern: The RE2 expression to be found in the value.
        is_size: Whether it is a size such as 100MB.
        schema: Everything else, as a JSON Schema (2020-12).
        unit: The unit, such as "seconds".
        severity: "refuse" or "warn".
        requires_reason: Whether each change of the setting needs a reason.
    """

    choices: str = ""
    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    is_size: bool = False
    schema: str = ""
    unit: str = ""
    severity: str = RuleSeverity.REFUSE
    requires_reason: bool = False


def simple_fields(data_type: str) -> tuple[str, ...]:
    """Return the names of the simple fields that suit a data type."""
    return FIELDS.get(DataType.of(data_type), ())


def typed_of(rule: ValueRule, data_type: str) -> TypedRule:
    """Return a stored rule as it would be typed; a schema that cannot be read as it is stored."""
    rest = dict(schemas.keywords(rule.schema))
    typed: dict[str, Any] = {}
    if schemas.is_readable(rule.schema):
        typed = _simple(rest, rule.schema, data_type)
    return TypedRule(
        **typed,
        schema=schemas.as_text(rest, indent=2) if schemas.is_readable(rule.schema) else rule.schema,
        unit=rule.unit,
        severity=rule.severity,
        requires_reason=rule.requires_reason,
    )


def checked_rule(typed: TypedRule, data_type: str, stored: str = "") -> ValueRule:
    """Return a typed rule as it is stored.

    Args:
        typed: The rule as typed.
        data_type: The data type of the setting.
        stored: The present schema, which may stay although a part of it checks nothing.

    Raises:
        InvalidValue: A field does not suit the data type, is not valid, or is in the schema too.
    """
    passed = validation.all_of(
        schema=lambda: _schema(typed, data_type, stored),
        unit=lambda: checked_line(typed.unit, field="unit", what="The unit", limit=UNIT_CHARACTERS),
        severity=lambda: checked_severity(typed.severity),
    )
    is_warning = passed["severity"] == RuleSeverity.WARN
    return ValueRule(passed["schema"], passed["unit"], is_warning, typed.requires_reason)


def checked_severity(text: str) -> str:
    """Return the severity.

    Raises:
        InvalidValue: It is neither to refuse nor to warn.
    """
    if text not in set(RuleSeverity):
        raise InvalidValue("Choose whether values are refused or warned of.", field="severity")
    return text


def is_same_schema(one: str, other: str) -> bool:
    """Tell whether two schemas say the same, however they are written."""
    if one == other:
        return True
    members = schemas.keywords(one), schemas.keywords(other)
    return all(members) and equality.is_equal(*members, Steps(schemas.MOST_STEPS))


def _simple(rest: dict[str, Any], schema: str, data_type: str) -> dict[str, Any]:
    """Move the keywords of the simple fields out of a schema, and return the fields."""
    fields = simple_fields(data_type)
    typed: dict[str, Any] = {}
    choices = schemas.choices(schema, data_type) or []
    is_whole = bool(choices) and len(choices) == len(rest["enum"])
    if is_whole and all(_is_choice(choice, data_type) for choice in choices):
        typed["choices"] = "\n".join(choices)
        del rest["enum"]
    for name in BOUNDS:
        if name in fields and (bound := _bound(rest.get(name), data_type)):
            typed[name] = bound
            del rest[name]
    if "pattern" in fields and _is_line(rest.get("pattern", "")):
        typed["pattern"] = rest.pop("pattern")
    if "is_size" in fields and rest.get("format") == "size":
        del rest["format"]
        typed["is_size"] = True
    return typed


def _is_line(text: str) -> bool:
    """Tell whether a text is one line, which is all that a field for one keeps."""
    return text.splitlines() == [text]


def _is_choice(text: str, data_type: str) -> bool:
    """Tell whether a choice can be typed: it may also be what no value of a setting can be."""
    try:
        values.canonical(text, DataType(data_type))
    except InvalidValue:
        return False
    return _is_line(text) and text.strip() == text


def _bound(bound: float | None, data_type: str) -> str:
    """Return a bound as it would be typed; "" for none, and for one that is of another type."""
    if bound is None:
        return ""
    is_whole = data_type == DataType.INTEGER and float(bound).is_integer()
    try:
        return values.canonical(json.dumps(int(bound) if is_whole else bound), DataType(data_type))
    except InvalidValue:
        return ""


def _schema(typed: TypedRule, data_type: str, stored: str) -> str:
    """Return the one schema of the simple fields and the rest."""
    # As in a value: browsers send line ends as CRLF.
    typed_schema = with_line_feeds(typed.schema)
    passed = validation.all_of(
        simple=lambda: _keywords(typed, data_type),
        rest=lambda: schemas.read_schema(typed_schema),
    )
    simple, rest = passed["simple"], passed["rest"]
    if both := simple.keys() & rest.keys():
        names = listed([NAMES.get(keyword, f"“{keyword}”") for keyword in sorted(both)])
        message = f"Set twice, in the schema and in a field: {names}. Keep one of the two."
        raise InvalidValue(message, field=schemas.SCHEMA_FIELD)
    members = rest | simple
    if not members:
        return ""
    text = schemas.as_text(members) if simple else typed_schema
    if is_same_schema(stored, text):
        return stored
    return schemas.checked_schema(text, data_type)


def _keywords(typed: TypedRule, data_type: str) -> dict[str, Any]:
    """Return the keywords that the simple fields stand for."""
    checks: dict[str, Callable[[], Any]] = {
        "choices": lambda: _choices(typed.choices, data_type),
        "minimum": lambda: _number(typed.minimum, data_type, "minimum"),
        "maximum": lambda: _number(typed.maximum, data_type, "maximum"),
        "pattern": lambda: _pattern(typed.pattern),
        "is_size": lambda: "size",
    }
    used = {name: check for name, check in checks.items() if getattr(typed, name)}
    validation.all_of(**{name: lambda name=name: _suits(name, data_type) for name in used})
    passed = validation.all_of(**used)
    for name, content in passed.items():
        if len(schemas.as_text({name: content})) > schemas.LONGEST_SCHEMA:
            message = f"{LABELS[name]} may have at most {schemas.LONGEST_SCHEMA:,} characters."
            raise InvalidValue(message, field=name)
    if {*BOUNDS} <= passed.keys() and passed["minimum"] > passed["maximum"]:
        raise InvalidValue("The maximum is less than the minimum.", field="maximum")
    names = {"choices": "enum", "is_size": "format"}
    return {names.get(name, name): content for name, content in passed.items()}


def _suits(name: str, data_type: str) -> None:
    if name not in simple_fields(data_type):
        message = f"{LABELS[name]} cannot be given for the data type {data_type}."
        raise InvalidValue(message, field=name)


def _choices(text: str, data_type: str) -> list[Any]:
    lines = dict.fromkeys(line.strip() for line in text.splitlines())
    texts = [line for line in lines if line]
    if not texts:
        raise InvalidValue("Type at least one choice, each on its own line.", field="choices")
    if len(texts) > schemas.MOST_CHOICES:
        message = f"There may be at most {schemas.MOST_CHOICES} choices."
        raise InvalidValue(message, field="choices")
    if data_type == DataType.STRING:
        return [str(_typed(line, DataType.STRING, "choices")) for line in texts]
    return list(dict.fromkeys(_number(line, data_type, "choices") for line in texts))


def _number(text: str, data_type: str, field: str) -> int | float:
    kind = DataType(data_type)
    stored = _typed(text, kind, field)
    return int(stored) if kind is DataType.INTEGER else float(stored)


def _typed(text: str, kind: DataType, field: str) -> str:
    try:
        return values.canonical(text, kind)
    except InvalidValue as mistake:
        raise InvalidValue(str(mistake).replace("The value ", "This "), field=field) from mistake


def _pattern(text: str) -> str:
    schemas.check_pattern(text, field="pattern")
    return text
