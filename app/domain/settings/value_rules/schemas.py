"""JSON Schemas (2020-12) of values: whether one can be used, and what a value breaks of it.

The work is bounded whatever somebody writes: references are refused, and patterns are searched in
time that is linear in the value (RE2).
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

from app.domain.errors import InvalidValue
from app.domain.settings import strict_json
from app.domain.settings.strict_json import NotJson
from app.domain.settings.typed_values import typed
from app.domain.settings.value_rules import schema_mistakes
from app.domain.settings.value_rules.sizes import EXAMPLE
from app.domain.settings.values import DataType

SCHEMA_FIELD = "schema"
LONGEST_SCHEMA = 10_000
LONGEST_KEPT = 400
MOST_CHOICES = 200
NOT_USED = frozenset({"$ref", "$dynamicRef", "patternProperties"})
UNUSABLE = "must fit its rule, which the console cannot read"


def checked_schema(text: str) -> str:
    """Return a schema that the console can use, as typed; "" for none.

    Raises:
        InvalidValue: It is no JSON Schema, is too long, or has something that is not used here.
    """
    if not text.strip():
        return ""
    if len(text) > LONGEST_SCHEMA:
        raise _unusable(f"The schema may have at most {LONGEST_SCHEMA:,} characters.")
    try:
        schema = strict_json.read_json(text)
    except NotJson as mistake:
        raise _unusable(f"The schema is not JSON at {mistake.place}: {mistake}.") from mistake
    if not isinstance(schema, dict):
        raise _unusable("A schema is a JSON object, such as {“minimum”: 1}.")
    for name, content in _members(schema):
        _check_member(name, content)
    if place := _library().wrong_place(schema):
        raise _unusable(f"This is no JSON Schema (2020-12): see {place}.")
    return text


def check_pattern(pattern: str, field: str = SCHEMA_FIELD) -> None:
    """Refuse a pattern that RE2 does not take.

    Raises:
        InvalidValue: It does not; ``field`` is the form field of the error.
    """
    if not _library().is_pattern(pattern):
        message = "The pattern is not one that the console can check: it takes RE2 expressions,"
        raise InvalidValue(f"{message} without look-around and back references.", field=field)


def keywords(schema: str) -> dict[str, Any]:
    """Return the members of a stored schema; none where it cannot be read."""
    return _validator(schema)[0] if schema else {}


def is_readable(schema: str) -> bool:
    """Tell whether a stored schema can be used; other programs may write any text."""
    return not schema or _validator(schema)[1] is not None


def hint(schema: str) -> str:
    """Return what a value has to be, for who types one: "From 0 to 2."; "" for no simple rule."""
    members = keywords(schema)
    words = schema_mistakes.bounds(members)
    if members.get("format") == "size":
        words = EXAMPLE
    return f"{words[0].upper()}{words[1:]}." if words else ""


def choices(schema: str, data_type: str) -> list[str] | None:
    """Return the values that a schema lists, as they are stored; None where it lists none."""
    listed = keywords(schema).get("enum")
    if data_type in {DataType.BOOLEAN, DataType.JSON} or not isinstance(listed, list):
        return None
    kind = str if data_type == DataType.STRING else (int, float)
    texts = [str(one) for one in listed if isinstance(one, kind) and not isinstance(one, bool)]
    return texts if 0 < len(texts) <= MOST_CHOICES and len(texts) == len(listed) else None


def broken(value: str | None, data_type: str, schema: str) -> str:
    """Return what a value breaks of its schema: "must be at least 1"; "" for nothing.

    Args:
        value: The value as stored; "not set" breaks nothing.
        data_type: Its data type; a value that is not valid for it is not looked at.
        schema: The schema as JSON, or "".
    """
    if value is None or not schema or DataType.of(data_type) is None:
        return ""
    check = _broken if len(value) <= LONGEST_KEPT else _broken.__wrapped__
    return check(value, data_type, schema)


@lru_cache(maxsize=4096)
def _broken(value: str, data_type: str, schema: str) -> str:
    validator = _validator(schema)[1]
    if validator is None:
        return UNUSABLE
    try:
        instance = typed(value, DataType.of(data_type))
    except InvalidValue:
        return ""
    try:
        mistake = next(validator.iter_errors(instance), None)
    except (RecursionError, ArithmeticError):
        return "must fit its rule, which takes too much to check"
    return schema_mistakes.sentence(mistake) if mistake else ""


@lru_cache(maxsize=1024)
def _validator(schema: str) -> tuple[dict[str, Any], Any]:
    """Return the members of a schema and what checks values by it; None for one that cannot."""
    try:
        checked_schema(schema)
    except InvalidValue:
        return {}, None
    members = strict_json.read_json(schema)
    return members, _library().validator(members)


def _check_member(name: str, content: Any) -> None:
    if name in NOT_USED:
        raise _unusable(f"“{name}” cannot be used here.")
    if name == "pattern" and isinstance(content, str):
        check_pattern(content)


@lru_cache(maxsize=1)
def _library() -> Any:
    return import_module("app.domain.settings.value_rules.schema_library")


def _members(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        for name, content in part.items():
            yield name, content
            yield from _members(content)
    elif isinstance(part, list):
        for content in part:
            yield from _members(content)


def _unusable(message: str) -> InvalidValue:
    return InvalidValue(message, field=SCHEMA_FIELD)
