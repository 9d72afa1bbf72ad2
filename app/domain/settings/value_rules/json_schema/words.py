"""Schemas in words: what a keyword asks of a value, as parts of sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.domain.phrases import counted
from app.domain.settings.value_rules.json_schema import formats
from app.domain.settings.value_rules.json_schema.asked import (
    BOUNDS,
    MOST_PARTS,
    TWICE,
    Asked,
    as_text,
    bounds,
    choice,
    either,
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


def of_schema(schema: Any, depth: int = 0) -> list[Asked]:
    """Return what a schema asks, in order; nothing for one that asks nothing."""
    if not isinstance(schema, Mapping):
        return [] if schema else [Asked("be", "there", is_not=True)]
    if depth > _DEEPEST:
        return [Asked("fit", "its JSON Schema")]
    return list(_asked(schema, depth))


def of_keyword(keyword: str, content: Any, schema: Mapping[str, Any]) -> Asked | None:
    """Return what one keyword of a schema asks; None for one that asks nothing by itself."""
    return _of_keyword(keyword, content, schema, 0)


def in_short(schema: Any, depth: int = 0) -> str:
    """Return a schema in a few words: "a whole number, at least 1"; "anything" for no rule."""
    return joined([one.in_short for one in of_schema(schema, depth)], ", ") or "anything"


def as_verbs(schema: Any, depth: int = 0) -> str:
    """Return the words behind "must": "be a string and match the pattern ^a"."""
    asked = of_schema(schema, depth)
    return joined([one.as_verb for one in asked], " and ") or "be anything"


def _asked(schema: Mapping[str, Any], depth: int) -> Iterator[Asked]:
    has_bounds = False
    for keyword, content in schema.items():
        if keyword in BOUNDS and has_bounds:
            continue
        has_bounds = has_bounds or keyword in BOUNDS
        if keyword == "allOf" and isinstance(content, list):
            for one in content[:MOST_PARTS]:
                yield from of_schema(one, depth + 1)
        elif asked := _of_keyword(keyword, content, schema, depth):
            yield asked


def _of_keyword(keyword: str, content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    if keyword in BOUNDS:
        return Asked("be", bounds(schema))
    if keyword in _SIMPLE:
        return _SIMPLE[keyword](content)
    return _NESTED[keyword](content, schema, depth + 1) if keyword in _NESTED else None


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


def _length(least: str, *nouns: str) -> Callable[[Any], Asked]:
    return lambda content: Asked("have", f"at {least} {counted(int(content), *nouns)}")


def _format(name: str) -> Asked:
    return Asked("be", formats.IN_WORDS.get(name, f"of the format {shortened(name)}"))


def _with_others(content: Mapping[str, Sequence[str]]) -> Asked:
    parts = [f"{quoted(names)} beside “{shortened(name)}”" for name, names in content.items()]
    return Asked("have", joined(parts, ", "))


def _items(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    first = len(schema.get("prefixItems", ()))
    if content is False:
        return Asked("have", f"at most {counted(first, 'entry', 'entries')}")
    if not of_schema(content, depth):
        return None
    others = "other entries only" if first else "entries only"
    return Asked("have", f"{others}: {in_short(content, depth)}")


def _first_items(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked:
    entries = joined([in_short(one, depth) for one in content], "; ")
    return Asked("have", f"first entries in order: {entries}")


def _contains(content: Any, schema: Mapping[str, Any], depth: int) -> Asked:
    least, most = int(schema.get("minContains", 1)), schema.get("maxContains")
    number = f"at least {least}" if most is None else f"from {least} to {int(most)}"
    if least == most:
        number = f"exactly {least}"
    is_one = least == 1 and most in {None, 1}
    return Asked("have", f"{number} {'entry' if is_one else 'entries'}: {in_short(content, depth)}")


def _properties(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [
        f"“{shortened(name)}”: {in_short(one, depth)}"
        for name, one in content.items()
        if of_schema(one, depth)
    ]
    return Asked("have", f"members by rule ({joined(parts, '; ')})") if parts else None


def _additional(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    known = list(schema.get("properties", {}))
    if content is False:
        return Asked("have", f"no members but {quoted(known)}" if known else "no members")
    if not of_schema(content, depth):
        return None
    others = "other members only" if known else "members only"
    return Asked("have", f"{others}: {in_short(content, depth)}")


def _names(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked:
    return Asked("have", f"names only: {in_short(content, depth)}")


def _any_of(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [of_schema(one, depth) for one in content]
    if not all(parts):
        return None
    if all(one.verb == "be" and not one.is_not for asked in parts for one in asked):
        texts = [joined([one.what for one in asked], " and ") for asked in parts]
        return Asked("be", either(texts))
    return Asked("fit", f"one of these: {_each(content, depth)}")


def _one_of(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked:
    return Asked("fit", f"exactly one of these: {_each(content, depth)}")


def _each(content: Any, depth: int) -> str:
    return either([in_short(one, depth) for one in content], separator="; ")


def _not(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked:
    asked = of_schema(content, depth)
    if len(asked) == 1:
        return asked[0]._replace(is_not=not asked[0].is_not)
    if not asked:
        return Asked("have", "a value at all", is_not=True)
    return Asked("be", f"all of this at once: {in_short(content, depth)}", is_not=True)


def _if(content: Any, schema: Mapping[str, Any], depth: int) -> Asked | None:
    parts = [
        f"{as_verbs(schema[name], depth)} {word} it {_clauses(content, depth)}"
        for name, word in (("then", "if"), ("else", "unless"))
        if of_schema(schema.get(name, True), depth)
    ]
    return Asked("fit", f"its conditions ({'; '.join(parts)})") if parts else None


def _clauses(schema: Any, depth: int) -> str:
    return joined([one.as_clause for one in of_schema(schema, depth)], " and ") or "is anything"


def _dependent(content: Any, _schema: Mapping[str, Any], depth: int) -> Asked:
    parts = [
        f"{as_verbs(one, depth)} if it has “{shortened(name)}”" for name, one in content.items()
    ]
    return Asked("fit", f"its conditions ({joined(parts, '; ')})")


_SIMPLE: dict[str, Callable[[Any], Asked | None]] = {
    "const": lambda content: Asked("be", as_text(content)),
    "dependentRequired": _with_others,
    "enum": lambda content: Asked("be", choice(content)),
    "format": _format,
    "maxItems": _length("most", "entry", "entries"),
    "maxLength": _length("most", "character"),
    "maxProperties": _length("most", "member"),
    "minItems": _length("least", "entry", "entries"),
    "minLength": _length("least", "character"),
    "minProperties": _length("least", "member"),
    "multipleOf": lambda content: Asked("be", f"a multiple of {content}"),
    "pattern": lambda content: Asked("match", f"the pattern {shortened(content)}"),
    "required": lambda content: Asked("have", quoted(content)),
    "type": _type,
    "unevaluatedItems": lambda content: None if content else Asked("have", "no other entries"),
    "unevaluatedProperties": lambda content: None if content else Asked("have", "no other members"),
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
    "propertyNames": _names,
}
