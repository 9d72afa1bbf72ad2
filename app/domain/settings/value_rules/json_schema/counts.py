"""Numbers of characters, entries and members that a schema asks for, in words."""

from collections.abc import Mapping
from typing import Any

from app.domain.phrases import counted

_NOUNS = {"Length": ("character",), "Items": ("entry", "entries"), "Properties": ("member",)}
# The keywords of a pair, which are told as one: "with 3 to 10 characters".
PAIRS = {
    f"{side}{noun}": (f"min{noun}", f"max{noun}") for noun in _NOUNS for side in ("min", "max")
}


def count_of(keyword: str, schema: Mapping[str, Any]) -> str:
    """Return what a keyword and the other one of its pair ask for: "3 to 10 entries"."""
    low, high = (schema.get(name) for name in PAIRS[keyword])
    return in_words(low, high, *_NOUNS[keyword[3:]])


def in_words(low: float | None, high: float | None, *nouns: str) -> str:
    """Return a range of numbers of things; one of the ends may be missing."""
    if high is None:
        return f"at least {counted(int(low or 0), *nouns)}"
    most = counted(int(high), *nouns)
    if not high:
        return f"no {most.partition(' ')[2]}"
    if not low:
        return f"at most {most}"
    return f"exactly {most}" if low == high else f"{int(low)} to {most}"
