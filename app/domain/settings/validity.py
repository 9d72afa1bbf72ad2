"""Stored values that are not valid for their data type, or break a rule of their setting.

Other programs may have written them, or somebody before the rule was made.
"""

from typing import NamedTuple

from app.domain import kept_results
from app.domain.errors import InvalidValue
from app.domain.kept_results import KeptResults
from app.domain.settings import secrecy, values
from app.domain.settings.typed_values import typed
from app.domain.settings.value_rules import checks, schemas
from app.domain.settings.value_rules.json_schema.steps import Allowance
from app.domain.settings.value_rules.rules import ValueRule
from app.domain.settings.values import DataType

PROBLEMS = {
    DataType.INTEGER: "Not a valid integer",
    DataType.FLOAT: "Not a valid float",
    DataType.BOOLEAN: "Neither true nor false",
    DataType.JSON: values.NOT_JSON,
}
_RESULTS = KeptResults(4096)


class ValueFindings(NamedTuple):
    """A problem of a stored value, and what is only unusual; "" for nothing."""

    problem: str = ""
    warning: str = ""


NOTHING_FOUND = ValueFindings()
NOT_CHECKED = "Not checked"


def findings(
    value: str | None,
    data_type: str,
    rule: ValueRule,
    related: ValueFindings = NOTHING_FOUND,
    allowance: Allowance | None = None,
) -> ValueFindings:
    """Return what is wrong with a stored value, by its data type and by the rules.

    Args:
        value: The value as it may be shown; None for "not set". Of one with a password only what
            the relations find is told.
        data_type: The data type.
        rule: The rule of the setting.
        related: What the relations find.
        allowance: The steps for all values of a list; None for one value.
    """
    if value is not None and secrecy.MASK in value:
        # What is left of it is no value, and may be no JSON any more.
        return related
    if wrong := problem(value, data_type):
        return ValueFindings(wrong)
    broken = schemas.broken(value, data_type, rule.schema, allowance)
    if not broken:
        return related
    if broken in schemas.NOT_CHECKED:
        return related._replace(warning=related.warning or f"{NOT_CHECKED}: it {broken}")
    words = checks.softened(broken, rule).removeprefix("is ")
    said = f"{words[0].upper()}{words[1:]}"
    if rule.is_warning:
        return related._replace(warning=related.warning or said)
    return ValueFindings(said)


def problem(value: str | None, data_type: str) -> str:
    """Return what is wrong with a stored value, or "".

    Programs differ in what they make of spaces around a number, so only JSON may have them.
    """
    kind = DataType.of(data_type)
    if value is None or kind is None or kind is DataType.STRING:
        return ""
    key = kept_results.key_of(value, data_type)
    known = _RESULTS.get(key)
    return _RESULTS.keep(key, _problem(value, kind)) if known is None else known


def _problem(value: str, kind: DataType) -> str:
    try:
        typed(value, kind)
    except InvalidValue:
        return PROBLEMS[kind]
    return "" if kind is DataType.JSON or value == value.strip() else PROBLEMS[kind]
