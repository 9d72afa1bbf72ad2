"""Sentences for what a value breaks of its JSON Schema."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.phrases import counted, shortlist
from app.domain.settings.value_rules.sizes import EXAMPLE
from app.domain.text import shortened

MOST_LISTED = 12
TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
FORMATS = {
    "date": "a date such as 2026-11-28",
    "email": "an email address",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "size": EXAMPLE,
    "time": "a time such as 14:30:00Z",
    "uuid": "a UUID",
}
LOWEST, HIGHEST = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


def sentence(mistake: Any) -> str:
    """Return a mistake that the library found as the rest of a sentence: "must be at least 1"."""
    rule = broken_rule(mistake)
    place = _place(mistake.absolute_path)
    return f"{rule} (at {place})" if place else rule


def broken_rule(mistake: Any) -> str:
    """Return what `sentence` does without the place; repeats no value, which may be a secret."""
    words = _WORDS.get(mistake.validator)
    return words(mistake) if words else f"must fit its rule ({mistake.validator})"


def bounds(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a schema in words: "from 0 to 2"; "" for none."""
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if lowest is not None and highest is not None:
        return f"from {lowest} to {highest}"
    parts = (("at least", lowest), ("more than", above), ("at most", highest), ("less than", below))
    return " and ".join(f"{words} {bound}" for words, bound in parts if bound is not None)


def _place(path: Any) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shortened(text.removeprefix("."))


def _as_text(value: Any) -> str:
    return shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _choice(mistake: Any) -> str:
    *first, last = shortlist([_as_text(value) for value in mistake.validator_value], MOST_LISTED)
    return f"must be {', '.join(first)} or {last}" if first else f"must be {last}"


def _format(mistake: Any) -> str:
    name = mistake.validator_value
    return f"must be {FORMATS.get(name, f'of the format {name}')}"


def _length(mistake: Any) -> str:
    least = "least" if mistake.validator.startswith("min") else "most"
    kind = mistake.validator.removeprefix("min").removeprefix("max")
    nouns = {"Length": ("character",), "Items": ("entry", "entries"), "Properties": ("member",)}
    return f"must have at {least} {counted(mistake.validator_value, *nouns[kind])}"


def _type(mistake: Any) -> str:
    kinds = mistake.validator_value
    kinds = kinds if isinstance(kinds, list) else [kinds]
    # A whole number is a number.
    names = [kind for kind in kinds if kind != "integer" or "number" not in kinds]
    *first, last = [TYPES.get(str(name), str(name)) for name in names]
    if not first:
        return f"must be {last}"
    # "true or false" is one of the names.
    between = ", or" if any(" or " in name for name in first) else " or"
    return f"must be {', '.join(first)}{between} {last}"


def _required(mistake: Any) -> str:
    missing = [name for name in mistake.validator_value if name not in mistake.instance]
    return f"must have {', '.join(f'“{shortened(name)}”' for name in missing)}"


def _additional(mistake: Any) -> str:
    known = mistake.schema.get("properties", {})
    found = [name for name in mistake.instance if name not in known]
    return f"must not have {', '.join(f'“{shortened(name)}”' for name in found)}"


_WORDS: dict[str, Callable[[Any], str]] = {
    "enum": _choice,
    "const": lambda mistake: f"must be {_as_text(mistake.validator_value)}",
    "format": _format,
    "pattern": lambda mistake: f"must match the pattern {shortened(mistake.validator_value)}",
    "type": _type,
    "required": _required,
    "additionalProperties": _additional,
    "multipleOf": lambda mistake: f"must be a multiple of {mistake.validator_value}",
    "uniqueItems": lambda _: "must not have the same entry twice",
    **dict.fromkeys((*LOWEST, *HIGHEST), lambda mistake: f"must be {bounds(mistake.schema)}"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _length),
    **dict.fromkeys(("minProperties", "maxProperties"), _length),
}
