"""Expressions of relations, such as ``chunk_overlap < chunk_size``, read by a small parser.

An expression compares sums and products of keys, numbers and sizes by < <= > >= == and !=, and
joins comparisons with ``and`` and ``or``; texts in double quotes, true and false can be equal or
not. A key may hold a minus, so a minus between two things stands between spaces.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from app.domain.errors import InvalidValue
from app.domain.settings.strict_json import MAX_DEPTH
from app.domain.settings.value_rules.sizes import read_size
from app.domain.text import shortened

FIELD = "expression"
LONGEST = 500
Operand = int | float | str
Known = Mapping[str, Operand]
Part = Callable[[Known], Operand]

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"]*")|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[KMGT]?B\b)?)'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.-]*)|(?P<sign><=|>=|==|!=|[<>()+*-]))"
)
_COMPARED: dict[str, tuple[Callable[[Operand, Operand], bool], str]] = {
    "<": (operator.lt, "less than"),
    "<=": (operator.le, "at most"),
    ">": (operator.gt, "more than"),
    ">=": (operator.ge, "at least"),
    "==": (operator.eq, "equal to"),
    "!=": (operator.ne, "different from"),
}
_ADDED = {"+": operator.add, "-": operator.sub}
_CONSTANTS: dict[str, Operand] = {"true": "true", "false": "false"}


class Unknown(Exception):
    """A value is not set, is not valid, or cannot be compared, so the relation says nothing."""


class Expression(NamedTuple):
    """A relation that was read: its test, its keys, and its words if it is one comparison."""

    holds: Callable[[Known], bool]
    keys: tuple[str, ...]
    words: str


@lru_cache(maxsize=256)
def read(text: str) -> Expression:
    """Return the expression that a text stands for.

    Raises:
        InvalidValue: The text is not an expression, or compares nothing with a key.
    """
    if len(text) > LONGEST:
        raise _mistake(f"A relation may have at most {LONGEST} characters.")
    return _Parser(text).expression()


class _Parser:
    """Reads one expression from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._keys: list[str] = []
        self._comparisons: list[str] = []
        self._depth = 0

    def expression(self) -> Expression:
        """Read the whole text."""
        holds = self._any()
        if self._peek():
            raise self._unexpected()
        if not self._keys:
            raise _mistake("A relation names at least one setting.")
        words = self._comparisons[0] if len(self._comparisons) == 1 else ""
        return Expression(holds, tuple(dict.fromkeys(self._keys)), words)

    def _any(self) -> Callable[[Known], bool]:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return lambda known: any(part(known) for part in parts)

    def _all(self) -> Callable[[Known], bool]:
        parts = [self._comparison()]
        while self._takes("and"):
            parts.append(self._comparison())
        return lambda known: all(part(known) for part in parts)

    def _comparison(self) -> Callable[[Known], bool]:
        start = self._at
        left = self._sum()
        left_text, sign = self._text[start : self._at].strip(), self._peek()
        if sign not in _COMPARED:
            raise _mistake("A relation compares: use <, <=, >, >=, == or !=.")
        self._takes(sign)
        start = self._at
        right = self._sum()
        compare, words = _COMPARED[sign]
        self._comparisons.append(
            f"{left_text} must be {words} {self._text[start : self._at].strip()}"
        )
        return lambda known: _compared(compare, left(known), right(known), sign)

    def _sum(self) -> Part:
        value = self._product()
        while (sign := self._peek()) in _ADDED:
            self._takes(sign)
            value = _combined(_ADDED[sign], value, self._product())
        return value

    def _product(self) -> Part:
        value = self._factor()
        while self._takes("*"):
            value = _combined(operator.mul, value, self._factor())
        return value

    def _factor(self) -> Part:
        if self._takes("-"):
            return _combined(operator.sub, lambda _: 0, self._within(self._factor))
        if self._takes("("):
            value = self._within(self._sum)
            if not self._takes(")"):
                raise _mistake("A closing parenthesis is missing.")
            return value
        token = _TOKEN.match(self._text, self._at)
        if token is None or token["sign"] or token["word"] in {"and", "or"}:
            raise self._unexpected()
        self._at = token.end()
        return self._named(token["word"]) if token["word"] else _constant(token)

    def _within(self, read_part: Callable[[], Part]) -> Part:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _mistake("The relation is nested too deep.")
        value = read_part()
        self._depth -= 1
        return value

    def _named(self, word: str) -> Part:
        if word in _CONSTANTS:
            return lambda _: _CONSTANTS[word]
        self._keys.append(word)
        return lambda known: _known(known, word)

    def _peek(self) -> str:
        token = _TOKEN.match(self._text, self._at)
        return token.group().strip() if token else self._text[self._at :].strip()

    def _takes(self, wanted: str) -> bool:
        token = _TOKEN.match(self._text, self._at)
        if token is None or token.group().strip() != wanted:
            return False
        self._at = token.end()
        return True

    def _unexpected(self) -> InvalidValue:
        found = self._peek()
        where = f"“{shortened(found)}” does not belong there" if found else "the end is missing"
        return _mistake(f"This is no relation: {where}. Type it like chunk_overlap < chunk_size.")


def _constant(token: re.Match[str]) -> Part:
    if token["text"]:
        text = token["text"][1:-1]
        return lambda _: text
    digits = token["number"]
    size = read_size(digits)
    number: Operand = size if size is not None else _literal(digits)
    return lambda _: number


def _literal(digits: str) -> Operand:
    try:
        return float(digits) if "." in digits else int(digits)
    except ValueError:
        raise _mistake(f"“{shortened(digits)}” is not a number or a size.") from None


def _known(known: Known, key: str) -> Operand:
    if key not in known:
        raise Unknown(key)
    return known[key]


def _combined(combine: Callable[[float, float], float], left: Part, right: Part) -> Part:
    def value(known: Known) -> Operand:
        one, other = left(known), right(known)
        if isinstance(one, str) or isinstance(other, str):
            raise Unknown
        return combine(one, other)

    return value


def _compared(
    compare: Callable[[Operand, Operand], bool], left: Operand, right: Operand, sign: str
) -> bool:
    if isinstance(left, str) != isinstance(right, str):
        raise Unknown
    if isinstance(left, str):
        if sign not in {"==", "!="}:
            raise Unknown
    elif any(isinstance(side, float) and math.isnan(side) for side in (left, right)):
        raise Unknown
    return compare(left, right)


def _mistake(message: str) -> InvalidValue:
    return InvalidValue(message, field=FIELD)
