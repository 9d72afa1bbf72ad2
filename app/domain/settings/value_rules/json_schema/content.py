"""Content of keywords: what each has to be, as JSON Schema 2020-12 says."""

from collections.abc import Callable
from typing import Any

TYPE_NAMES = ("array", "boolean", "integer", "null", "number", "object", "string")


def is_number(content: Any) -> bool:
    """Tell whether it is a number."""
    return isinstance(content, (int, float)) and not isinstance(content, bool)


def is_whole(content: Any) -> bool:
    """Tell whether it is a whole number, which 1.0 is."""
    return is_number(content) and float(content).is_integer()


def is_schema(content: Any) -> bool:
    """Tell whether it has the form of a schema."""
    return isinstance(content, (dict, bool))


def _is_count(content: Any) -> bool:
    return is_whole(content) and content >= 0


def _is_text(content: Any) -> bool:
    return isinstance(content, str)


def _are_names(content: Any) -> bool:
    return (
        isinstance(content, list)
        and all(isinstance(name, str) for name in content)
        and len(set(content)) == len(content)
    )


def _are_types(content: Any) -> bool:
    names = content if isinstance(content, list) else [content]
    return bool(names) and _are_names(names) and set(names) <= set(TYPE_NAMES)


def _are_schemas(content: Any) -> bool:
    return isinstance(content, list) and bool(content) and all(map(is_schema, content))


def _are_named(is_one: Callable[[Any], bool], content: Any) -> bool:
    return isinstance(content, dict) and all(is_one(one) for one in content.values())


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _each(names: str, is_right: Callable[[Any], bool]) -> dict[str, Callable[[Any], bool]]:
    return dict.fromkeys(_names(names), is_right)


# Keywords whose content is a schema, a list of schemas, or schemas by name.
OF_SCHEMA = _names(
    "additionalProperties contains contentSchema else if items not propertyNames then"
    " unevaluatedItems unevaluatedProperties"
)
OF_SCHEMAS = _names("allOf anyOf oneOf prefixItems")
OF_NAMED_SCHEMAS = _names("$defs dependentSchemas properties")
# Of a property or an entry, in contrast to the value itself.
OF_PARTS = _names(
    "additionalProperties contains contentSchema items prefixItems properties propertyNames"
    " unevaluatedItems unevaluatedProperties $defs"
)
KEYWORDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(OF_SCHEMA, is_schema),
    **dict.fromkeys(OF_SCHEMAS, _are_schemas),
    **dict.fromkeys(OF_NAMED_SCHEMAS, lambda content: _are_named(is_schema, content)),
    **_each("minimum maximum exclusiveMinimum exclusiveMaximum", is_number),
    "multipleOf": lambda content: is_number(content) and content > 0,
    **_each("minLength maxLength minItems maxItems minContains maxContains", _is_count),
    **_each("minProperties maxProperties", _is_count),
    **_each("pattern format", _is_text),
    "required": _are_names,
    "dependentRequired": lambda content: _are_named(_are_names, content),
    "type": _are_types,
    "enum": lambda content: isinstance(content, list),
    "const": lambda _: True,
    "uniqueItems": lambda content: isinstance(content, bool),
}
# What tells of a value and checks nothing; "unit" is the console's own.
ANNOTATIONS: dict[str, Callable[[Any], bool]] = {
    **_each("title description $comment unit $id $schema $anchor $dynamicAnchor", _is_text),
    **_each("contentEncoding contentMediaType", _is_text),
    **_each("deprecated readOnly writeOnly", lambda content: isinstance(content, bool)),
    "examples": lambda content: isinstance(content, list),
    "default": lambda _: True,
    "$vocabulary": lambda content: isinstance(content, dict),
}
# What checks nothing without another keyword beside it.
NEEDS = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}
# The types that keywords look at; those that are not here look at all.
LOOKS_AT: dict[str, str] = {
    **dict.fromkeys(_names("minimum maximum exclusiveMinimum exclusiveMaximum"), "number"),
    "multipleOf": "number",
    **dict.fromkeys(_names("minLength maxLength pattern format"), "string"),
    **dict.fromkeys(_names("minItems maxItems uniqueItems items prefixItems contains"), "array"),
    **dict.fromkeys(_names("minContains maxContains unevaluatedItems"), "array"),
    **dict.fromkeys(_names("minProperties maxProperties required properties"), "object"),
    **dict.fromkeys(_names("additionalProperties propertyNames dependentRequired"), "object"),
    **dict.fromkeys(_names("dependentSchemas unevaluatedProperties"), "object"),
}
