"""Looks at schemas: whether one can be used, and what in it checks nothing."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from app.domain.phrases import listed
from app.domain.settings.value_rules.json_schema import content, formats, patterns
from app.domain.text import shortened

NOT_USED = frozenset({"$ref", "$dynamicRef", "patternProperties"})
NO_PATTERN = (
    "The pattern is not one that the console can check: it takes RE2 expressions,"
    " without look-around and back references."
)
_KNOWN = {**content.KEYWORDS, **content.ANNOTATIONS}
_NOUNS = {"number": "numbers", "string": "strings", "array": "lists", "object": "objects"}
_PLAIN = re.compile(r"[\w$-]{1,40}")


class Remark(NamedTuple):
    """A remark on a schema.

    Attributes:
        text: A sentence.
        is_mistake: Whether the schema cannot be used; else it asks for something that the console
            does not check, as JSON Schema says.
    """

    text: str
    is_mistake: bool


def remarks(schema: dict[str, Any], types: tuple[str, ...] = ()) -> Iterator[Remark]:
    """Yield what is wrong with a schema, and what in it checks nothing.

    Args:
        schema: The schema.
        types: The types of JSON that the values may have; none if they may have all.
    """
    yield from _looked_at(schema, "", types)


def _looked_at(schema: dict[str, Any], place: str, types: tuple[str, ...]) -> Iterator[Remark]:
    for keyword, inside in schema.items():
        here = f"{place}.{keyword}" if place else keyword
        if keyword in NOT_USED:
            yield Remark(f"“{keyword}” cannot be used here{_at(place)}.", is_mistake=True)
        elif keyword not in _KNOWN:
            yield Remark(_unknown(keyword, place), is_mistake=False)
        elif not _KNOWN[keyword](inside):
            yield Remark(f"This is no JSON Schema (2020-12): see {here}.", is_mistake=True)
        else:
            yield from _of_texts(keyword, inside, place)
            yield from _of_types(keyword, place, types)
            if content.NEEDS.get(keyword, keyword) not in schema:
                yield Remark(_needing(keyword, place), is_mistake=False)
            yield from _nested(keyword, inside, here, types)


def _nested(keyword: str, inside: Any, here: str, types: tuple[str, ...]) -> Iterator[Remark]:
    kinds = () if keyword in content.OF_PARTS else types
    parts: dict[str, Any] = {}
    if keyword in content.OF_SCHEMA:
        parts = {here: inside}
    elif keyword in content.OF_SCHEMAS:
        parts = {f"{here}[{index}]": one for index, one in enumerate(inside)}
    elif keyword in content.OF_NAMED_SCHEMAS:
        parts = {_member(here, name): one for name, one in inside.items()}
    for place, schema in parts.items():
        if isinstance(schema, dict):
            yield from _looked_at(schema, place, kinds)


def _member(here: str, name: str) -> str:
    return f"{here}.{name}" if _PLAIN.fullmatch(name) else f"{here}[“{shortened(name)}”]"


def _of_texts(keyword: str, inside: Any, place: str) -> Iterator[Remark]:
    if keyword == "pattern" and not patterns.is_pattern(inside):
        yield Remark(NO_PATTERN, is_mistake=True)
    if keyword == "format" and inside not in formats.IN_WORDS:
        yield Remark(_unknown_format(inside, place), is_mistake=False)


def _of_types(keyword: str, place: str, types: tuple[str, ...]) -> Iterator[Remark]:
    kind = content.LOOKS_AT.get(keyword)
    if types and kind and kind not in types:
        message = f"“{keyword}” checks nothing here{_at(place)}: it is for {_NOUNS[kind]}."
        yield Remark(message, is_mistake=False)


def _needing(keyword: str, place: str) -> str:
    needed = content.NEEDS[keyword]
    return f"“{keyword}” checks nothing{_at(place)}: there is no “{needed}” beside it."


def _unknown(keyword: str, place: str) -> str:
    known = {name.lower(): name for name in _KNOWN}
    near = get_close_matches(keyword.lower(), known, n=1)
    message = f"“{shortened(keyword)}” is no keyword of JSON Schema (2020-12){_at(place)}"
    return (
        f"{message}. Did you mean “{known[near[0]]}”?"
        if near
        else f"{message}, so it checks nothing."
    )


def _unknown_format(name: str, place: str) -> str:
    near = get_close_matches(name.lower(), formats.IN_WORDS, n=1, cutoff=0.7)
    message = f"The format “{shortened(name)}”{_at(place)} is not checked."
    if near:
        return f"{message} Did you mean “{near[0]}”?"
    return f"{message} Formats are {listed(sorted(formats.IN_WORDS), len(formats.IN_WORDS))}."


def _at(place: str) -> str:
    return f" (in {shortened(place, 80)})" if place else ""
