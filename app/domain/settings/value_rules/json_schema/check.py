"""Check of a value by a schema: the first mistake, found within a budget of steps."""

from collections.abc import Callable, Iterable
from typing import Any

from app.domain.settings.value_rules.json_schema import assertions
from app.domain.settings.value_rules.json_schema.evaluated import evaluated
from app.domain.settings.value_rules.json_schema.mistakes import Mistake
from app.domain.settings.value_rules.json_schema.steps import Steps

Found = Mistake | None
Rule = Callable[[Any, Any, dict[str, Any], Steps], Found]


def first_mistake(schema: Any, value: Any, steps: Steps) -> Found:
    """Return the first thing that a value breaks of a schema; None for nothing.

    Args:
        schema: A schema that was looked at before.
        value: The value, as JSON stands for it.
        steps: The budget. Every keyword that looks at a value takes a step, and more where it
            looks at many entries or characters.

    Raises:
        TooManySteps: The budget does not suffice.
    """
    if not isinstance(schema, dict):
        steps.spend()
        return None if schema else Mistake("false", schema, {}, value)
    # Also what is unknown or tells of the value: it is passed over for each value.
    steps.spend(1 + len(schema))
    for keyword, content in schema.items():
        if rule := _RULES.get(keyword):
            if mistake := rule(content, value, schema, steps):
                return mistake
        elif (breaks := assertions.BREAKS.get(keyword)) and breaks(content, value, steps):
            return Mistake(keyword, content, schema, value)
    return None


def _fits(schema: Any, value: Any, steps: Steps) -> bool:
    return first_mistake(schema, value, steps) is None


def _at(part: str | int, mistake: Found) -> Found:
    return mistake and mistake._replace(path=(part, *mistake.path))


def _first(found: Iterable[Found]) -> Found:
    return next(filter(None, found), None)


def _all_of(content: Any, value: Any, _schema: dict[str, Any], steps: Steps) -> Found:
    return _first(first_mistake(one, value, steps) for one in content)


def _any_of(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    if any(_fits(one, value, steps) for one in content):
        return None
    return _none_of(content, schema, value)


def _none_of(content: Any, schema: dict[str, Any], value: Any) -> Mistake:
    return Mistake("anyOf", content, schema, value)


def _one_of(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    fitting = [one for one in content if _fits(one, value, steps)]
    if len(fitting) == 1:
        return None
    return Mistake("oneOf", fitting, schema, value) if fitting else _none_of(content, schema, value)


def _not(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    return Mistake("not", content, schema, value) if _fits(content, value, steps) else None


def _if(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    following = "then" if _fits(content, value, steps) else "else"
    return first_mistake(schema.get(following, True), value, steps)


def _items(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, list):
        return None
    first = len(schema.get("prefixItems", ()))
    if content is False:
        return Mistake("items", content, schema, value) if len(value) > first else None
    return _first(
        _at(index, first_mistake(content, value[index], steps))
        for index in range(first, len(value))
    )


def _prefix_items(content: Any, value: Any, _schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, list):
        return None
    return _first(
        _at(index, first_mistake(one, entry, steps))
        for index, (one, entry) in enumerate(zip(content, value, strict=False))
    )


def _contains(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, list):
        return None
    count = sum(_fits(content, entry, steps) for entry in value)
    if schema.get("minContains", 1) <= count <= schema.get("maxContains", count):
        return None
    return Mistake("contains", content, schema, value)


def _properties(content: Any, value: Any, _schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, dict):
        return None
    steps.spend(len(content))
    return _first(
        _at(name, first_mistake(one, value[name], steps))
        for name, one in content.items()
        if name in value
    )


def _additional(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, dict):
        return None
    steps.spend(len(value))
    known = schema.get("properties", {})
    others = [name for name in value if name not in known]
    if content is False:
        return Mistake("additionalProperties", content, schema, value) if others else None
    return _first(_at(name, first_mistake(content, value[name], steps)) for name in others)


def _names(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, dict) or all(_fits(content, name, steps) for name in value):
        return None
    return Mistake("propertyNames", content, schema, value)


def _dependent_schemas(content: Any, value: Any, _schema: dict[str, Any], steps: Steps) -> Found:
    if not isinstance(value, dict):
        return None
    steps.spend(len(content))
    return _first(
        first_mistake(one, value, steps) for name, one in content.items() if name in value
    )


def _unevaluated_items(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    return _unevaluated("unevaluatedItems", content, value, schema, steps)


def _unevaluated_names(content: Any, value: Any, schema: dict[str, Any], steps: Steps) -> Found:
    return _unevaluated("unevaluatedProperties", content, value, schema, steps)


def _unevaluated(
    keyword: str, content: Any, value: Any, schema: dict[str, Any], steps: Steps
) -> Found:
    if not isinstance(value, list if keyword == "unevaluatedItems" else dict):
        return None
    asked = {name: one for name, one in schema.items() if name != keyword}
    known = evaluated(asked, value, _fits, steps)
    places = range(len(value)) if isinstance(value, list) else value
    others = [place for place in places if place not in known]
    if content is False:
        return Mistake(keyword, others, schema, value) if others else None
    return _first(_at(place, first_mistake(content, value[place], steps)) for place in others)


_RULES: dict[str, Rule] = {
    "additionalProperties": _additional,
    "allOf": _all_of,
    "anyOf": _any_of,
    "contains": _contains,
    "dependentSchemas": _dependent_schemas,
    "if": _if,
    "items": _items,
    "not": _not,
    "oneOf": _one_of,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "propertyNames": _names,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_names,
}
