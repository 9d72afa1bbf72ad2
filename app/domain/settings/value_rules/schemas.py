"""JSON Schemas (2020-12) of values: whether one can be used, and what a value breaks of it.

The work is bounded whatever somebody writes: a check has a budget of steps, the checks of a list
share another, references are refused, and a pattern is charged for the time of its search.
"""

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain import kept_results
from app.domain.errors import InvalidValue
from app.domain.kept_results import KeptResults
from app.domain.settings import strict_json
from app.domain.settings.strict_json import NotJson
from app.domain.settings.typed_values import is_equal, typed
from app.domain.settings.value_rules.json_schema import asked, check, look, mistakes, patterns
from app.domain.settings.value_rules.json_schema.look import Remark
from app.domain.settings.value_rules.json_schema.steps import Allowance, Steps, TooManySteps
from app.domain.settings.value_rules.sizes import EXAMPLE
from app.domain.settings.values import DataType

SCHEMA_FIELD = "schema"
LONGEST_SCHEMA = 10_000
MOST_CHOICES = 200
MOST_STEPS = 200_000
# A character of JSON is read in less time than a step takes.
_CHARACTERS_IN_A_STEP = 4
UNUSABLE = "must fit its rule, which the console cannot read"
# The checks of all values of a list or of a save may take ten times the steps of one.
MOST_STEPS_OF_MANY = 10 * MOST_STEPS
TOO_LONG = "takes too long to check by its rule: shorten the value or simplify the rule"
NOT_YET = "takes too long to check together with the others: look at fewer values at once"
NOT_CHECKED = (TOO_LONG, NOT_YET)
# The types of JSON that the values of a data type have.
_TYPES = {
    DataType.INTEGER: ("number",),
    DataType.FLOAT: ("number",),
    DataType.STRING: ("string",),
    DataType.BOOLEAN: ("boolean",),
}
_RESULTS = KeptResults(4096)


class _Read(NamedTuple):
    """The members of a schema, and whether values can be checked by them."""

    members: dict[str, Any]
    is_usable: bool


def checked_schema(text: str, data_type: str = "") -> str:
    """Return a schema that the console can use, as typed; "" for none.

    Args:
        text: The schema as typed.
        data_type: The data type of its setting; "" if it is not known.

    Raises:
        InvalidValue: It is no JSON Schema, is too long, has something that is not used here, or
            something that would check nothing.
    """
    if text.strip():
        found = remarks(read_schema(text), data_type)
        for remark in sorted(found, key=lambda remark: not remark.is_mistake):
            raise _unusable(remark.text)
    return text if text.strip() else ""


def read_schema(text: str) -> dict[str, Any]:
    """Return the members of a schema as typed; none for an empty text.

    Raises:
        InvalidValue: It is too long, or no JSON object.
    """
    if not text.strip():
        return {}
    if len(text) > LONGEST_SCHEMA:
        raise _unusable(f"The schema may have at most {LONGEST_SCHEMA:,} characters.")
    try:
        schema = strict_json.read_json(text)
    except NotJson as mistake:
        raise _unusable(f"The schema is not JSON at {mistake.place}: {mistake}.") from mistake
    if not isinstance(schema, dict):
        raise _unusable('A schema is a JSON object, such as {"minimum": 1}.')
    return schema


def as_text(members: Mapping[str, Any], indent: int | None = None) -> str:
    """Return the text of a schema, "" for none; without spaces where it would be too long else."""
    if not members:
        return ""
    text = json.dumps(members, ensure_ascii=False, indent=indent)
    if len(text) <= LONGEST_SCHEMA:
        return text
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def remarks(members: dict[str, Any], data_type: str = "") -> list[Remark]:
    """Return what is wrong with a schema, and what in it checks nothing."""
    kind = DataType.of(data_type)
    return list(look.remarks(members, _TYPES.get(kind, ()) if kind else ()))


def unchecked(schema: str, data_type: str = "") -> list[str]:
    """Return what in a stored schema checks nothing, in sentences; other programs may write any."""
    read = _read(schema)
    return [remark.text for remark in remarks(read.members, data_type)] if read.is_usable else []


def check_pattern(pattern: str, field: str = SCHEMA_FIELD) -> None:
    """Refuse a pattern that RE2 does not take.

    Raises:
        InvalidValue: It does not; ``field`` is the form field of the error.
    """
    if not patterns.is_pattern(pattern):
        raise InvalidValue(look.NO_PATTERN, field=field)


def keywords(schema: str) -> dict[str, Any]:
    """Return the members of a stored schema; none where it cannot be read."""
    read = _read(schema)
    return read.members if read.is_usable else {}


def is_readable(schema: str) -> bool:
    """Tell whether a stored schema can be used; other programs may write any text."""
    return not schema or _read(schema).is_usable


def hint(schema: str) -> str:
    """Return what a value has to be, for who types one: "From 0 to 2."; "" for no simple rule."""
    members = keywords(schema)
    text = asked.bounds(members)
    if members.get("format") == "size":
        text = EXAMPLE
    return f"{text[0].upper()}{text[1:]}." if text else ""


def choices(schema: str, data_type: str, spellings: Collection[str] = ()) -> list[str] | None:
    """Return the values that a schema lists, as they are stored; None where it lists none.

    Of numbers that are equal the first is taken, and an integer is never 1.5.

    Args:
        schema: The schema as JSON, or "".
        data_type: The data type.
        spellings: Texts that stand for a choice where they mean the same: 0.70 for 0.7.
    """
    listed = keywords(schema).get("enum")
    if data_type in {DataType.BOOLEAN, DataType.JSON} or not isinstance(listed, list):
        return None
    kind = str if data_type == DataType.STRING else (int, float)
    if not all(isinstance(one, kind) and not isinstance(one, bool) for one in listed):
        return None
    if data_type == DataType.INTEGER:
        listed = [int(one) for one in listed if float(one).is_integer()]
    texts = [str(one) for one in dict.fromkeys(listed)]
    if not 0 < len(texts) <= MOST_CHOICES:
        return None
    return [
        text
        for choice in texts
        for text in [one for one in spellings if is_equal(one, choice, data_type)] or [choice]
    ]


def broken(
    value: str | None, data_type: str, schema: str, allowance: Allowance | None = None
) -> str:
    """Return what a value breaks of its schema: "must be at least 1"; "" for nothing.

    Args:
        value: The value as stored; "not set" breaks nothing.
        data_type: Its data type; a value that is not valid for it is not looked at.
        schema: The schema as JSON, or "".
        allowance: The steps that all checks of a list may take; None for one check.

    Returns:
        `TOO_LONG` for a check that takes too many steps, and `NOT_YET` if the list has none left.
    """
    if value is None or not schema or DataType.of(data_type) is None:
        return ""
    key = kept_results.key_of(value, data_type, schema)
    known = _RESULTS.get(key)
    if known is not None:
        return known
    steps = Steps(MOST_STEPS if allowance is None else min(MOST_STEPS, allowance.left))
    try:
        return _RESULTS.keep(key, _broken(value, data_type, schema, steps))
    except TooManySteps:
        is_own = allowance is None or allowance.left >= MOST_STEPS
        return _RESULTS.keep(key, TOO_LONG) if is_own else NOT_YET
    finally:
        if allowance is not None:
            allowance.left -= steps.spent


def _broken(value: str, data_type: str, schema: str, steps: Steps) -> str:
    read = _read(schema)
    if not read.is_usable:
        return UNUSABLE
    steps.spend(len(value) // _CHARACTERS_IN_A_STEP)
    try:
        instance = typed(value, DataType.of(data_type))
    except InvalidValue:
        return ""
    mistake = check.first_mistake(read.members, instance, steps)
    return mistakes.sentence(mistake) if mistake else ""


@lru_cache(maxsize=1024)
def _read(schema: str) -> _Read:
    """Return what a stored schema holds; other programs may write any text."""
    try:
        members = read_schema(schema)
    except InvalidValue:
        return _Read({}, is_usable=False)
    return _Read(members, is_usable=not any(one.is_mistake for one in look.remarks(members)))


def _unusable(message: str) -> InvalidValue:
    return InvalidValue(message, field=SCHEMA_FIELD)
