"""Stored values that are not valid for their data type, or break a rule of their setting.

Other programs may have written them, or somebody before the rule was made.
"""

from typing import NamedTuple

from app.domain.errors import InvalidValue
from app.domain.settings import values
from app.domain.settings.typed_values import typed
from app.domain.settings.value_rules import checks, schemas
from app.domain.settings.value_rules.rules import ValueRule
from app.domain.settings.values import DataType

PROBLEMS = {
    DataType.INTEGER: "Not a valid integer",
    DataType.FLOAT: "Not a valid float",
    DataType.BOOLEAN: "Neither true nor false",
    DataType.JSON: values.NOT_JSON,
}


class ValueFindings(NamedTuple):
    """A problem of a stored value, and what is only unusual; "" for nothing."""

    problem: str = ""
    warning: str = ""


NOTHING_FOUND = ValueFindings()


def findings(
    value: str | None, data_type: str, rule: ValueRule, related: ValueFindings = NOTHING_FOUND
) -> ValueFindings:
    """Return what is wrong with a stored value, by its data type and by the rules.

    Args:
        value: The value as it may be shown; None for "not set".
        data_type: The data type.
        rule: The rule of the setting.
        related: What the relations find.
    """
    if wrong := problem(value, data_type):
        return ValueFindings(wrong)
    if not rule.schema or not (broken := schemas.broken(value, data_type, rule.schema)):
        return related
    words = checks.softened(broken, rule)
    said = f"{words[0].upper()}{words[1:]}"
    return ValueFindings("", related.warning or said) if rule.is_warning else ValueFindings(said)


def problem(value: str | None, data_type: str) -> str:
    """Return what is wrong with a stored value, or "".

    Programs differ in what they make of spaces around a number, so only JSON may have them.
    """
    kind = DataType.of(data_type)
    if value is None or kind is None or kind is DataType.STRING:
        return ""
    try:
        typed(value, kind)
    except InvalidValue:
        return PROBLEMS[kind]
    return "" if kind is DataType.JSON or value == value.strip() else PROBLEMS[kind]
