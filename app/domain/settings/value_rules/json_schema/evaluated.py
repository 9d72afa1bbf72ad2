"""Members and entries that a schema has looked at, for what it asks of all others."""

from collections.abc import Callable, Iterator
from typing import Any

from app.domain.settings.value_rules.json_schema.steps import Steps

Fits = Callable[[Any, Any, Steps], bool]


def evaluated(schema: Any, value: Any, fits: Fits, steps: Steps) -> set[Any]:
    """Return the names or the indexes of a value that keywords of a schema are about.

    Args:
        schema: A schema that the value fits, or one without ``unevaluated…``.
        value: An object or a list.
        fits: The check of a value by a schema.
        steps: The budget of the check.

    Raises:
        TooManySteps: The budget does not suffice.
    """
    if not isinstance(schema, dict):
        return set()
    steps.spend(1 + len(value))
    found = _names(schema, value) if isinstance(value, dict) else _indexes(schema, value)
    if isinstance(value, list) and "contains" in schema:
        found |= {at for at, entry in enumerate(value) if fits(schema["contains"], entry, steps)}
    for one in _others(schema, value, fits, steps):
        found |= evaluated(one, value, fits, steps)
    return found


def _names(schema: dict[str, Any], value: dict[str, Any]) -> set[Any]:
    if {"additionalProperties", "unevaluatedProperties"} & schema.keys():
        return set(value)
    return set(value) & set(schema.get("properties", {}))


def _indexes(schema: dict[str, Any], value: list[Any]) -> set[Any]:
    if {"items", "unevaluatedItems"} & schema.keys():
        return set(range(len(value)))
    return set(range(min(len(value), len(schema.get("prefixItems", ())))))


def _others(schema: dict[str, Any], value: Any, fits: Fits, steps: Steps) -> Iterator[Any]:
    """Yield the schemas in a schema that are about the same value, and that it fits."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from (one for one in schema.get(keyword, ()) if fits(one, value, steps))
    if isinstance(value, dict):
        named = schema.get("dependentSchemas", {}).items()
        yield from (one for name, one in named if name in value)
    if "if" in schema:
        is_so = fits(schema["if"], value, steps)
        if is_so:
            yield schema["if"]
        yield schema.get("then" if is_so else "else", True)
