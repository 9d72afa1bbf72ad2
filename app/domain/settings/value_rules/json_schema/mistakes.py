"""Sentences for what a value breaks of its JSON Schema."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.domain.phrases import counted
from app.domain.settings.value_rules.json_schema import words
from app.domain.settings.value_rules.json_schema.asked import Asked, quoted
from app.domain.text import shortened

_LONGEST = 300


class Mistake(NamedTuple):
    """A keyword of a schema that a value breaks.

    Attributes:
        keyword: The keyword; "false" for a schema that allows no value.
        content: Its content; the fitting schemas of ``oneOf``, the places of ``unevaluated…``.
        schema: The schema that it is in.
        value: The value, or the part of it, that breaks it.
        path: The place of that part.
    """

    keyword: str
    content: Any
    schema: Mapping[str, Any]
    value: Any
    path: tuple[str | int, ...] = ()


def sentence(mistake: Mistake) -> str:
    """Return a mistake as the rest of a sentence: "must be at least 1 (at depth)"."""
    asked = _told(mistake)
    place = _place(mistake.path)
    return f"{asked} (at {place})" if place else asked


def of_library(error: Any) -> str:
    """Return what the library jsonschema found, in the same words."""
    return sentence(_of_error(error))


def broken_rule(error: Any) -> str:
    """Return what `of_library` does without the place; repeats no value, which may be a secret."""
    return _told(_of_error(error))


def _of_error(error: Any) -> Mistake:
    path = tuple(error.absolute_path)
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    keyword = error.validator or "false"
    if keyword == "oneOf" and error.context:
        # None of them fits.
        keyword = "anyOf"
    return Mistake(keyword, error.validator_value, schema, error.instance, path)


def _told(mistake: Mistake) -> str:
    return shortened(f"must {_asked(mistake).as_verb}", _LONGEST)


def _place(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shortened(text.removeprefix("."))


def _asked(mistake: Mistake) -> Asked:
    found = _FOUND.get(mistake.keyword)
    if found:
        return found(mistake)
    asked = words.of_keyword(mistake.keyword, mistake.content, mistake.schema)
    return asked or Asked("fit", f"its JSON Schema ({mistake.keyword})")


def _missing(mistake: Mistake) -> Asked:
    return Asked("have", quoted([name for name in mistake.content if name not in mistake.value]))


def _beside(mistake: Mistake) -> Asked:
    name, others = next(
        (name, missing)
        for name, names in mistake.content.items()
        if name in mistake.value
        and (missing := [other for other in names if other not in mistake.value])
    )
    return Asked("have", f"{quoted(others)}, as it has “{shortened(name)}”")


def _additional(mistake: Mistake) -> Asked:
    known = mistake.schema.get("properties", {})
    return Asked("have", quoted([name for name in mistake.value if name not in known]), is_not=True)


def _unevaluated_names(mistake: Mistake) -> Asked:
    return Asked("have", quoted(mistake.content), is_not=True)


def _unevaluated_items(mistake: Mistake) -> Asked:
    count = len(mistake.value) - len(mistake.content)
    return Asked("have", f"at most {counted(count, 'entry', 'entries')}")


def _only_one(mistake: Mistake) -> Asked:
    one, other, *_ = (words.in_short(schema) for schema in mistake.content)
    return Asked("fit", f"two of its rules at once: {one}; {other}", is_not=True)


def _false(mistake: Mistake) -> Asked:
    what = "there" if mistake.path else "anything: its JSON Schema allows no value"
    return Asked("be", what, is_not=True)


_FOUND = {
    "additionalProperties": _additional,
    "dependentRequired": _beside,
    "false": _false,
    "oneOf": _only_one,
    "required": _missing,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_names,
}
