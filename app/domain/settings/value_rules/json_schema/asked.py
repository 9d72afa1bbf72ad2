"""Parts of sentences about values and what is asked of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.domain.phrases import shortlist
from app.domain.text import shortened

MOST_CHOICES = 12
MOST_PARTS = 4
TWICE = "the same entry twice"
LOWEST, HIGHEST = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
BOUNDS = (*LOWEST, *HIGHEST)
# The sentence that follows is about parts of the value: "each entry is a number".
SUCH_THAT = "be such that"
_FORMS = {
    "be": ("is", "is not", ""),
    SUCH_THAT: ("is such that", "is not such that", "where "),
    "have": ("has", "does not have", "with "),
    "match": ("matches", "does not match", "matching "),
    "fit": ("fits", "does not fit", "fitting "),
}
_WHOLE = 10**15


class Asked(NamedTuple):
    """The demand on a value: "be at least 1", or not to "be at least 1"."""

    verb: str
    what: str
    is_not: bool = False

    @property
    def as_verb(self) -> str:
        """The words behind "must": "be at least 1", "not be at least 1"."""
        return f"{'not ' if self.is_not else ''}{self.verb} {self.what}"

    @property
    def as_clause(self) -> str:
        """The words behind "that": "is at least 1"."""
        return f"{_FORMS[self.verb][self.is_not]} {self.what}"

    @property
    def as_statement(self) -> str:
        """A sentence: "it is at least 1", "each entry is a number"."""
        is_of_parts = self.verb == SUCH_THAT and not self.is_not
        return self.what if is_of_parts else f"it {self.as_clause}"

    @property
    def in_short(self) -> str:
        """The words of a list of rules: "at least 1", "matching ^a"."""
        form = _FORMS[self.verb][2]
        if self.is_not:
            is_thing = self.what == TWICE or self.what.startswith("“")
            form = "without " if self.verb == "have" and is_thing else f"not {form}"
        return f"{form}{self.what}"


def bounds(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a schema in words: "from 0 to 2"; "" for none."""
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if lowest is not None and highest is not None and above is None and below is None:
        ends = as_text(lowest), as_text(highest)
        return f"exactly {ends[0]}" if lowest == highest else f"from {ends[0]} to {ends[1]}"
    parts = (("at least", lowest), ("more than", above), ("at most", highest), ("less than", below))
    return " and ".join(f"{words} {as_text(bound)}" for words, bound in parts if bound is not None)


def choice(values: Sequence[Any], most: int = MOST_CHOICES) -> str:
    """Return values as a choice: "a, b or c"."""
    if not values:
        return "one of its choices, and there are none"
    return either([as_text(value) for value in values], most)


def as_text(value: Any) -> str:
    """Return a value in a sentence; texts without quotes."""
    if value == "":
        return "an empty string"
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        value = int(value)
    return shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def exactly(value: Any) -> str:
    """Return a single value in a sentence; texts in quotes, so that nobody takes them for words."""
    return f"“{shortened(value)}”" if isinstance(value, str) and value else as_text(value)


def quoted(names: Sequence[str]) -> str:
    """Return names in a sentence: "“a”, “b”"."""
    return ", ".join(shortlist([f"“{shortened(name)}”" for name in names], MOST_CHOICES))


def either(
    parts: Sequence[str], most: int = MOST_PARTS, separator: str = ", ", last: str = " or "
) -> str:
    """Return parts as a choice: "a, b or c"; the last of many is a number."""
    *first, end = shortlist(list(dict.fromkeys(parts)), most)
    return f"{separator.join(first)}{last}{end}" if first else end


def joined(parts: Sequence[str], separator: str) -> str:
    """Return parts as one text, each once; the last of many is a number."""
    return separator.join(shortlist(list(dict.fromkeys(parts)), MOST_PARTS))
