"""Keywords that look at a value itself, and not at its parts by schemas of their own."""

from collections.abc import Callable, Sized
from decimal import Context, Decimal
from typing import Any

from app.domain.settings.value_rules.json_schema import equality, formats, patterns
from app.domain.settings.value_rules.json_schema.content import is_number, is_whole
from app.domain.settings.value_rules.json_schema.steps import Steps, spent_on_text

# From the largest number to the smallest one, a double has no more digits than that.
_DIGITS = 700
_TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": is_whole,
    "null": lambda value: value is None,
    "number": is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def is_multiple(value: float, of: float) -> bool:
    """Tell whether a number is a multiple of another, both as they are written in decimal."""
    context = Context(prec=_DIGITS)
    return context.remainder(Decimal(repr(value)), Decimal(repr(of))) == 0


def is_type(name: str, value: Any) -> bool:
    """Tell whether a value is of a type of JSON Schema."""
    return _TYPES[name](value)


def _type(content: Any, value: Any, steps: Steps) -> bool:
    names = content if isinstance(content, list) else [content]
    steps.spend(len(names))
    return not any(is_type(name, value) for name in names)


def _multiple_of(content: Any, value: Any, steps: Steps) -> bool:
    steps.spend(2)
    return is_number(value) and not is_multiple(value, content)


def _pattern(content: Any, value: Any, steps: Steps) -> bool:
    return isinstance(value, str) and not patterns.is_found(content, value, steps)


def _format(content: Any, value: Any, steps: Steps) -> bool:
    steps.spend(spent_on_text(value))
    return isinstance(value, str) and not formats.is_of_format(content, value)


def _required(content: Any, value: Any, steps: Steps) -> bool:
    steps.spend(len(content))
    return isinstance(value, dict) and not all(name in value for name in content)


def _dependent(content: Any, value: Any, steps: Steps) -> bool:
    steps.spend(len(content) + sum(map(len, content.values())))
    return isinstance(value, dict) and any(
        other not in value for name in content if name in value for other in content[name]
    )


def _unique(content: Any, value: Any, steps: Steps) -> bool:
    return bool(content) and isinstance(value, list) and equality.has_twice(value, steps)


def _too_short(kind: type[Sized]) -> Callable[[Any, Any, Steps], bool]:
    return lambda content, value, _: isinstance(value, kind) and len(value) < content


def _too_long(kind: type[Sized]) -> Callable[[Any, Any, Steps], bool]:
    return lambda content, value, _: isinstance(value, kind) and len(value) > content


BREAKS: dict[str, Callable[[Any, Any, Steps], bool]] = {
    "const": lambda content, value, steps: not equality.is_equal(content, value, steps),
    "dependentRequired": _dependent,
    "enum": lambda content, value, steps: not equality.is_among(value, content, steps),
    "exclusiveMaximum": lambda content, value, _: is_number(value) and value >= content,
    "exclusiveMinimum": lambda content, value, _: is_number(value) and value <= content,
    "format": _format,
    "maxItems": _too_long(list),
    "maxLength": _too_long(str),
    "maxProperties": _too_long(dict),
    "maximum": lambda content, value, _: is_number(value) and value > content,
    "minItems": _too_short(list),
    "minLength": _too_short(str),
    "minProperties": _too_short(dict),
    "minimum": lambda content, value, _: is_number(value) and value < content,
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique,
}
