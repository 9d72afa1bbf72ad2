"""JSON by RFC 8259, read strictly: every mistake is found with its place in the text.

``json.loads`` lets pass what other readers refuse or read otherwise (NaN, a name that occurs twice,
integers of any size), fails on deep nesting with an error of its own and cannot tell where a name
stands that occurs twice.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from app.domain.text import character_name, position, shortened

MAX_DEPTH = 32
SMALLEST_INTEGER = -(2**63)
LARGEST_INTEGER = 2**63 - 1

_BLANKS = re.compile(r"[ \t\n\r]*+")
_CHARACTERS = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+')
_NUMBER = re.compile(
    # No possessive group here: Python 3.11.2, which is Debian 12's, takes "1." for a match of one.
    r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z_.+-])"
)
_WORD = re.compile(r"\w++")
_WORDS = {"true": True, "false": False, "null": None}
_NEAR_WORDS = {*_WORDS, "infinity", "nan", "none", "undefined", "yes", "no", "on", "off"}


class NotJson(ValueError):
    """The text is not JSON, or not within the limits.

    Attributes:
        place: Where the mistake is: "line 2, column 5".
    """

    def __init__(self, problem: str, text: str, index: int) -> None:
        super().__init__(problem)
        self.place = position(text, index)


def read_json(text: str) -> Any:
    """Return what a JSON text stands for, as ``json.loads`` would.

    Args:
        text: The text, with any white space around the value.

    Returns:
        Dictionaries, lists, texts, numbers, true, false and None.

    Raises:
        NotJson: The text breaks the grammar, is nested more than 32 deep, has a name twice in one
            object, an integer beyond 64 bits, a number beyond a double, or half a surrogate pair.
    """
    return _Reader(text).document()


def is_within_64_bits(integer: str) -> bool:
    """Tell whether digits without leading zeros, perhaps after a minus, fit in a signed 64 bits."""
    # Counted first: int() takes quadratic time and refuses more than 4,300 digits.
    if len(integer) > len(str(SMALLEST_INTEGER)):
        return False
    return SMALLEST_INTEGER <= int(integer) <= LARGEST_INTEGER


class _Reader:
    """Reads one text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> Any:
        """Read the one value that the text consists of."""
        value = self._value(0)
        if following := self._next():
            raise self._mistake(f"the value ends before {character_name(following)}")
        return value

    def _value(self, depth: int) -> Any:
        first = self._next()
        if first in {"{", "["}:
            return self._nested(first, depth + 1)
        if first == '"':
            return self._string()
        if first and first in "-0123456789":
            return self._number()
        return self._word(first)

    def _nested(self, opening: str, depth: int) -> dict[str, Any] | list[Any]:
        if depth > MAX_DEPTH:
            raise self._mistake(f"lists and objects may be nested {MAX_DEPTH} deep, no deeper")
        if opening == "[":
            return [self._value(depth) for _ in self._entries("]")]
        members: dict[str, Any] = {}
        for _ in self._entries("}"):
            name = self._name(members)
            members[name] = self._value(depth)
        return members

    def _entries(self, closing: str) -> Iterator[None]:
        """Step from entry to entry over the brackets and commas around them."""
        self._at += 1
        if self._takes(closing):
            return
        while True:
            yield
            if self._takes(closing):
                return
            if not self._takes(","):
                raise self._mistake(f"a comma or {character_name(closing)} is missing")
            if self._next() == closing:
                raise self._mistake(f"the comma before {character_name(closing)} is one too many")

    def _name(self, members: dict[str, Any]) -> str:
        if self._next() != '"':
            raise self._mistake("a name in double quotes is missing")
        start = self._at
        name = self._string()
        if name in members:
            quoted = shortened(name)
            raise self._mistake(f"the name “{quoted}” occurs twice in this object", start)
        if not self._takes(":"):
            raise self._mistake("a colon after the name is missing")
        return name

    def _string(self) -> str:
        start = self._at
        characters = _CHARACTERS.match(self._text, start)
        end = characters.end() if characters else start
        if self._text[end : end + 1] != '"':
            raise self._broken_string(start, end)
        self._at = end + 1
        string: str = json.loads(self._text[start : self._at])
        if any("\ud800" <= character <= "\udfff" for character in string):
            raise self._mistake("an escaped surrogate lacks its other half", start)
        return string

    def _broken_string(self, start: int, end: int) -> NotJson:
        if end == len(self._text):
            return self._mistake("the closing quote of this text is missing", start)
        if self._text[end] == "\\":
            return self._mistake("a backslash in a text is written twice", end)
        found = character_name(self._text[end])
        return self._mistake(f"{found} in a text is written with a backslash, as \\n or \\t", end)

    def _number(self) -> int | float:
        number = _NUMBER.match(self._text, self._at)
        if not number:
            raise self._mistake("this is not a number as JSON writes it, such as -1, 0.5 or 1e9")
        if number["real"]:
            value: int | float = float(number.group())
            if not math.isfinite(value):
                raise self._mistake("this number is too large for a float")
        elif is_within_64_bits(number.group()):
            value = int(number.group())
        else:
            raise self._mistake("this integer does not fit in 64 bits")
        self._at = number.end()
        return value

    def _word(self, first: str) -> bool | None:
        word = _WORD.match(self._text, self._at)
        if word and word.group() in _WORDS:
            self._at = word.end()
            return _WORDS[word.group()]
        if word:
            # Other words are not repeated: they may be a secret without its quotes.
            is_near = len(word.group()) == 1 or word.group().casefold() in _NEAR_WORDS
            subject = f"“{word.group()}”" if is_near else "this word"
            raise self._mistake(f"{subject} is none of true, false, null, and texts are quoted")
        if first == "'":
            raise self._mistake("texts stand in double quotes")
        where = f"before {character_name(first)}" if first else "at the end"
        raise self._mistake(f"a value is missing {where}")

    def _next(self) -> str:
        """Go to the next character that is no blank and return it, or "" at the end."""
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at
        return self._text[self._at : self._at + 1]

    def _takes(self, character: str) -> bool:
        if self._next() != character:
            return False
        self._at += 1
        return True

    def _mistake(self, problem: str, index: int | None = None) -> NotJson:
        return NotJson(problem, self._text, self._at if index is None else index)
