"""Schemas in words: what a keyword asks of a value, as parts of sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.domain.settings.value_rules.json_schema import counts, formats
from app.domain.settings.value_rules.json_schema.asked import (
    BOUNDS,
    SUCH_THAT,
    TWICE,
    Asked,
    as_text,
    bounds,
    choice,
    either,
    exactly,
    joined,
    quoted,
)
from app.domain.text import shortened

_DEEPEST = 3
TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


# Of a schema that allows no value.
NOTHING = Asked("be", "anything: its JSON Schema allows no value", is_not=True)


def of_schema(schema: Any, depth: int = 0) -> list[Asked]:
    """Return what a schema asks of a value, then of its parts; nothing if it allows all."""
    if not isinstance(schema, Mapping):
        return [] if schema else [Asked("be", "there", is_not=True)]
    if depth > _DEEPEST:
        return [Asked("fit", "its JSON Schema")]
    found = dict.fromkeys(_asked(schema, depth))
    return sorted(found, key=lambda one: one.verb == SUCH_THAT)


def of_keyword(keyword: str, content: Any, schema: Mapping[str, Any]) -> Asked | None:
    """Return what one keyword of a schema asks; None for one that asks nothing by itself."""
    return _of_keyword(keyword, content, schema, 0)


def in_short(schema: Any, depth: int = 0) -> str:
    """Return a schema in a few words: "a whole number, at least 1"; "anything" for no rule."""
    return joined([one.in_short for one in of_schema(schema, depth)], ", ") or "anything"


def _asked(schema: Mapping[str, Any], depth: int) -> Iterator[Asked]:
    for keyword, content in schema.items():
        if keyword == "allOf" and isinstance(content, list):
            for one in content:
                yield from [NOTHING] if one is False else of_schema(one, depth + 1)
        elif asked := _of_keyword(keyword, content, schema, depth):
            yield asked


def _of_keyword(keyword: str, content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    if keyword in BOUNDS:
        return Asked("be", bounds(schema))
    if keyword in counts.PAIRS:
        return Asked("have", counts.count_of(keyword, schema))
    if keyword in _SIMPLE:
        return _SIMPLE[keyword](content)
    return _NESTED[keyword](content, schema, depth + 1) if keyword in _NESTED else None


def _clauses(schema: Any, depth: int) -> str:
    return joined([one.as_clause for one in of_schema(schema, depth)], " and ") or "is anything"


def _statement(schema: Any, depth: int) -> str:
    if schema is False:
        return "no value is allowed"
    return joined([one.as_statement for one in of_schema(schema, depth)], " and ")


def _each(what: str, schema: Any, depth: int) -> Asked | None:
    """Return what a schema asks of each of the parts that ``what`` names."""
    if not of_schema(schema, depth):
        return None
    return Asked(SUCH_THAT, f"{what} {_clauses(schema, depth)}")


def _type(content: Any) -> Asked:
    kinds = content if isinstance(content, list) else [content]
    # A whole number is a number.
    names = [kind for kind in kinds if kind != "integer" or "number" not in kinds]
    *first, last = [TYPES.get(str(name), str(name)) for name in names]
    if not first:
        return Asked("be", last)
    # "true or false" is one of the names.
    between = ", or" if any(" or " in name for name in first) else " or"
    return Asked("be", f"{', '.join(first)}{between} {last}")


def _format(name: str) -> Asked:
    return Asked("be", formats.IN_WORDS.get(name, f"of the format {shortened(name)}"))


def _with_others(content: Mapping[str, Sequence[str]]) -> Asked:
    parts = [f"{quoted(names)} if it has “{shortened(name)}”" for name, names in content.items()]
    return Asked("have", joined(parts, "; "))


def _items(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    first = len(schema.get("prefixItems", ()))
    if content is False:
        return Asked("have", counts.in_words(0, first, "entry", "entries"))
    return _each("each further entry" if first else "each entry", content, depth)


def _first_items(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [
        asked.what
        for number, one in enumerate(content, start=1)
        if (asked := _each(f"entry {number}", one, depth))
    ]
    return Asked(SUCH_THAT, joined(parts, "; ")) if parts else None


def _contains(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    least, most = schema.get("minContains", 1), schema.get("maxContains")
    if not least and most is None:
        return None
    number = counts.in_words(least, most, "entry", "entries")
    which = "that" if number.endswith("entry") else "of which each"
    return Asked("have", f"{number} {which} {_clauses(content, depth)}")


def _properties(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [
        asked.what
        for name, one in content.items()
        if (asked := _each(f"“{shortened(name)}”", one, depth))
    ]
    return Asked(SUCH_THAT, joined(parts, "; ")) if parts else None


def _additional(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    known = list(schema.get("properties", {}))
    if content is False:
        return Asked("have", f"no members but {quoted(known)}" if known else "no members")
    return _each("each other member" if known else "each member", content, depth)


def _others(noun: str, nouns: str) -> Callable[[Any, Mapping[str, Any], int], Asked | None]:
    def others(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
        if content is False:
            return Asked("have", f"no other {nouns}")
        return _each(f"each other {noun}", content, depth)

    return others


def _any_of(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    choices = [one for one in content if one is not False]
    parts = [of_schema(one, depth) for one in choices]
    if not parts:
        return NOTHING
    if not all(parts):
        return None
    if all(one.verb == "be" and not one.is_not for asked in parts for one in asked):
        texts = [joined([one.what for one in asked], " and ") for asked in parts]
        last = ", or " if any(len(asked) > 1 for asked in parts) else " or "
        return Asked("be", either(texts, last=last))
    return Asked("fit", f"one of these: {_choices(choices, depth)}")


def _one_of(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    choices = [one for one in content if one is not False]
    if not choices[1:]:
        return _any_of(content, schema, depth)
    return Asked("fit", f"exactly one of these: {_choices(choices, depth)}")


def _choices(content: Any, depth: int) -> str:
    return either([in_short(one, depth) for one in content], separator="; ", last="; or ")


def _not(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    if content is False:
        return None
    asked = of_schema(content, depth)
    if not asked:
        return NOTHING
    if len(asked) > 1:
        return Asked("be", f"all of this at once: {in_short(content, depth)}", is_not=True)
    [one] = asked
    if one.what.startswith("no "):
        return one._replace(what=f"some {one.what.removeprefix('no ')}")
    return one._replace(is_not=not one.is_not)


def _if(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    condition = _statement(content, depth)
    then, other = (_statement(schema.get(name, True), depth) for name in ("then", "else"))
    if not condition:
        return Asked(SUCH_THAT, then) if then else None
    if not then:
        return Asked(SUCH_THAT, f"{other} unless {condition}") if other else None
    return Asked(SUCH_THAT, f"{then} if {condition}{f'; otherwise {other}' if other else ''}")


def _dependent(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [
        f"{statement} if it has “{shortened(name)}”"
        for name, one in content.items()
        if (statement := _statement(one, depth))
    ]
    return Asked(SUCH_THAT, joined(parts, "; ")) if parts else None


_SIMPLE: dict[str, Callable[[Any], Asked | None]] = {
    "const": lambda content: Asked("be", exactly(content)),
    "dependentRequired": _with_others,
    "enum": lambda content: Asked("be", choice(content)),
    "format": _format,
    "multipleOf": lambda content: Asked("be", f"a multiple of {as_text(content)}"),
    "pattern": lambda content: Asked("match", f"the pattern {shortened(content)}"),
    "required": lambda content: Asked("have", quoted(content)),
    "type": _type,
    "uniqueItems": lambda content: Asked("have", TWICE, is_not=True) if content else None,
}
_NESTED: dict[str, Callable[[Any, Mapping[str, Any], int], Asked | None]] = {
    "additionalProperties": _additional,
    "anyOf": _any_of,
    "contains": _contains,
    "dependentSchemas": _dependent,
    "if": _if,
    "items": _items,
    "not": _not,
    "oneOf": _one_of,
    "prefixItems": _first_items,
    "properties": _properties,
    "propertyNames": lambda content, _, depth: _each("each name", content, depth),
    "unevaluatedItems": _others("entry", "entries"),
    "unevaluatedProperties": _others("member", "members"),
}
