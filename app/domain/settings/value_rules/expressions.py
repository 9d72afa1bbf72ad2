"""Expressions of relations, such as ``chunk_overlap < chunk_size``, read by a small parser.

An expression compares sums and products of keys, numbers and sizes by < <= > >= == and !=, and
joins comparisons with ``and`` and ``or``; texts in double quotes, true and false can be equal or
not. Parentheses group sums and conditions. A key may hold a minus, so a minus between two things
stands between spaces.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain.errors import InvalidValue
from app.domain.settings.strict_json import MAX_DEPTH
from app.domain.settings.value_rules import comparisons
from app.domain.settings.value_rules.comparisons import COMPARED, Known, SideComparison, SidePart
from app.domain.settings.value_rules.sizes import read_size
from app.domain.text import shortened

FIELD = "expression"
LONGEST = 500
Holds = Callable[[Known], bool]

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"]*")|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[KMGT]?B\b)?)'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.-]*)|(?P<sign><=|>=|==|!=|[<>()+*-]))"
)
_ADDED = ("+", "-")
_JOINS = frozenset({"and", "or"})
_CONSTANTS = frozenset({"true", "false"})


class Expression(NamedTuple):
    """A relation that was read: its test, its keys, and its comparisons."""

    holds: Holds
    keys: tuple[str, ...]
    comparisons: tuple[SideComparison, ...]

    @property
    def words(self) -> str:
        """The demand in words, if it is one comparison; else ""."""
        return self.comparisons[0].words if len(self.comparisons) == 1 else ""


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
        self._comparisons: list[SideComparison] = []
        self._depth = 0

    def expression(self) -> Expression:
        """Read the whole text."""
        holds = self._any()
        if self._peek():
            raise self._unexpected()
        if not self._keys:
            raise _mistake("A relation names at least one setting.")
        keys = tuple(dict.fromkeys(self._keys))
        return Expression(holds, keys, tuple(self._comparisons))

    def _any(self) -> Holds:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return lambda known: comparisons.decided(parts, known, by=True)

    def _all(self) -> Holds:
        parts = [self._condition()]
        while self._takes("and"):
            parts.append(self._condition())
        return lambda known: not comparisons.decided(parts, known, by=False)

    def _condition(self) -> Holds:
        if self._begins_group():
            holds: Holds = self._in_parentheses(self._any)
            return holds
        comparison = self._comparison()
        self._comparisons.append(comparison)
        return comparison.holds

    def _comparison(self) -> SideComparison:
        left, left_text = self._side()
        sign = self._peek()
        if sign not in COMPARED:
            raise _mistake("A relation compares: use <, <=, >, >=, == or !=.")
        self._takes(sign)
        right, right_text = self._side()
        return SideComparison(left, sign, right, left_text, right_text)

    def _side(self) -> tuple[SidePart, str]:
        start = self._at
        part = self._sum()
        return part, self._text[start : self._at].strip()

    def _sum(self) -> SidePart:
        part = self._product()
        while (sign := self._peek()) in _ADDED:
            self._takes(sign)
            part = comparisons.combined(sign, part, self._product())
        return part

    def _product(self) -> SidePart:
        part = self._factor()
        while self._takes("*"):
            part = comparisons.combined("*", part, self._factor())
        return part

    def _factor(self) -> SidePart:
        if self._takes("-"):
            return comparisons.combined("-", comparisons.of_number(0), self._within(self._factor))
        if self._peek() == "(":
            part: SidePart = self._in_parentheses(self._sum)
            return part
        token = _TOKEN.match(self._text, self._at)
        if token is None or token["sign"] or token["word"] in _JOINS:
            raise self._unexpected()
        self._at = token.end()
        return self._named(token["word"]) if token["word"] else _constant(token)

    def _in_parentheses(self, read_part: Callable[[], Any]) -> Any:
        self._takes("(")
        part = self._within(read_part)
        if self._takes(")"):
            return part
        if self._peek():
            raise self._unexpected()
        raise _mistake("A closing parenthesis is missing.")

    def _begins_group(self) -> bool:
        """Tell whether a parenthesis comes that has a condition in it, and not a sum."""
        at, depth = self._at, 0
        while token := _TOKEN.match(self._text, at):
            found = token.group().strip()
            depth += {"(": 1, ")": -1}.get(found, 0)
            if depth <= 0:
                return False
            if found in COMPARED or found in _JOINS:
                return True
            at = token.end()
        return False

    def _within(self, read_part: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _mistake("The relation is nested too deep.")
        part = read_part()
        self._depth -= 1
        return part

    def _named(self, word: str) -> SidePart:
        if word in _CONSTANTS:
            return comparisons.of_text(word)
        self._keys.append(word)
        return comparisons.of_key(word)

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
        return _mistake(
            f"This is not a relation: {where}. Type it like chunk_overlap < chunk_size."
        )


def _constant(token: re.Match[str]) -> SidePart:
    if token["text"]:
        return comparisons.of_text(token["text"][1:-1])
    digits = token["number"]
    size = read_size(digits)
    return comparisons.of_number(_literal(digits) if size is None else size)


def _literal(digits: str) -> int | Decimal:
    if not digits.replace(".", "", 1).isdigit():
        raise _mistake(f"“{shortened(digits)}” is not a number or a size.")
    return Decimal(digits) if "." in digits else int(digits)


def _mistake(message: str) -> InvalidValue:
    return InvalidValue(message, field=FIELD)
