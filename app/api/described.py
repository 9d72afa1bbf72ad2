"""Requests as the readable page describes them: what each takes, and how it may be answered."""

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from app.api.endpoint import NO_CONTENT, NOT_MODIFIED, Endpoint
from app.api.schemas import NAME_IN_PATH, ROW_ID, Schema
from app.domain.phrases import listed

PARAMETER = re.compile(r"<(?:([a-z]+):)?([a-z_]+)>")
# Answers that any request may get.
ALWAYS = (401, 403, 429, 503)
# Bodies that name settings, which may not be there.
NAMING = {"settings", "keys"}
NULL = "null"
WORDS = {
    "string": "text",
    "integer": "number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    NULL: NULL,
}
MANY = {"text": "texts", "number": "numbers", "object": "objects"}


class Taken(NamedTuple):
    """A thing that a request takes: a part of the path, a parameter or a field of the body.

    Attributes:
        name: Its name.
        place: ``path``, ``query`` or ``body``.
        kind: What it has to be, in words.
        is_needed: Whether it has to be sent.
    """

    name: str
    place: str
    kind: str
    is_needed: bool


def path_of(one: Endpoint) -> str:
    """Return the path of an endpoint with its parameters in braces."""
    return PARAMETER.sub(r"{\2}", one.path)


def path_parameters(one: Endpoint) -> Iterator[tuple[str, Schema]]:
    """Yield the names and schemas of the parameters in a path."""
    for kind, name in PARAMETER.findall(one.path):
        yield name, ROW_ID if kind == "row" else NAME_IN_PATH


def taken_by(one: Endpoint) -> list[Taken]:
    """Return what a request takes, in the order of path, query and body."""
    body = one.takes or {"properties": {}, "required": []}
    in_path = dict(path_parameters(one))
    places: tuple[tuple[str, dict[str, Schema], Collection[str]], ...] = (
        ("path", in_path, in_path),
        ("query", one.query, one.needed),
        ("body", body["properties"], body["required"]),
    )
    return [
        Taken(name, place, kind_of(schema), is_needed=name in needed)
        for place, schemas, needed in places
        for name, schema in schemas.items()
    ]


def kind_of(schema: Schema) -> str:
    """Return what a schema asks for, in words: "active, inactive or unverified"."""
    if "enum" in schema:
        return _either([str(choice) for choice in schema["enum"]])
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if schema.get("format") == "date-time":
        return _either(["time", *types[1:]])
    if types == ["array"]:
        return f"list of {_many(schema['items'])}"
    if types == ["object"]:
        return _object(schema)
    return _either([WORDS[each] for each in types]) or "any value"


def answers_of(one: Endpoint) -> list[int]:
    """Return the statuses with which a request may be answered, other than `ALWAYS`."""
    is_reading, properties = one.method == "GET", (one.takes or {}).get("properties", {})
    return [
        NO_CONTENT if one.gives is None else one.status,
        *([NOT_MODIFIED] if is_reading and one.has_etag else []),
        *([400] if one.query or one.takes else []),
        *([404] if "<" in one.path or NAMING & set(properties) else []),
        *([] if is_reading else [409]),
        *([412] if one.has_etag else []),
        *([413, 415, 422] if one.takes else []),
        *([428] if one.has_etag and not is_reading else []),
    ]


def _object(schema: Schema) -> str:
    inner: Any = schema.get("additionalProperties")
    if isinstance(inner, dict):
        return f"object of objects with {listed(inner['properties'], len(inner['properties']))}"
    properties = schema.get("properties")
    return f"object with {listed(properties, len(properties))}" if properties else "object"


def _many(schema: Schema) -> str:
    kind = kind_of(schema)
    first, _, rest = kind.partition(" ")
    return f"{MANY.get(first, first)} {rest}".strip()


def _either(choices: list[str]) -> str:
    *first, last = choices or [""]
    return f"{', '.join(first)} or {last}" if first else last
