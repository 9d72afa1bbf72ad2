"""Comparisons of relations: sums and products of values, exact in decimal, and their kinds."""

import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.settings.values import DataType

Operand = int | float | str
Known = Mapping[str, Operand]
_Number = int | Decimal
_Exact = _Number | str


class SideKind(StrEnum):
    """The kind of a side of a comparison: numbers and texts are never compared."""

    NUMBER = "a number"
    TEXT = "a text"


SideKinds = frozenset[SideKind]
NUMBER, TEXT, NONE = frozenset({SideKind.NUMBER}), frozenset({SideKind.TEXT}), frozenset[SideKind]()
ANY = NUMBER | TEXT
# A string may be a size, which is a number of bytes.
_OF_TYPES: Mapping[str, SideKinds] = {
    DataType.INTEGER: NUMBER,
    DataType.FLOAT: NUMBER,
    DataType.BOOLEAN: TEXT,
    DataType.STRING: ANY,
}
_EQUALITY = frozenset({"==", "!="})
COMPARED: dict[str, tuple[Callable[[_Exact, _Exact], bool], str]] = {
    "<": (operator.lt, "less than"),
    "<=": (operator.le, "at most"),
    ">": (operator.gt, "more than"),
    ">=": (operator.ge, "at least"),
    "==": (operator.eq, "equal to"),
    "!=": (operator.ne, "different from"),
}
# In decimal, as numbers are written: 3 * 0.1 equals 0.3. A relation has room for 250 factors.
_DECIMAL = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_EXACT: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_ROUNDED: dict[str, Callable[[_Number, _Number], Decimal]] = {
    "+": _DECIMAL.add,
    "-": _DECIMAL.subtract,
    "*": _DECIMAL.multiply,
}


class Unknown(Exception):
    """A value is not set or not valid, so the relation says nothing."""


class Incomparable(Unknown):
    """A number meets a text, so the relation says nothing."""


def decided(parts: Sequence[Callable[[Known], bool]], known: Known, *, by: bool) -> bool:
    """Tell whether a condition decides about all: one that is false for "and", or true for "or".

    One that says nothing leaves it to the others, in whatever order they stand.
    """
    for part in parts:
        with suppress(Unknown):
            if part(known) is by:
                return True
    return False


class SidePart(NamedTuple):
    """A part of a comparison.

    Attributes:
        value: Its value, given those of the keys.
        kinds: The kinds that it may be of, given the data types of the keys.
    """

    value: Callable[[Known], _Exact]
    kinds: Callable[[Mapping[str, str]], SideKinds]


class SideComparison(NamedTuple):
    """Two parts and the sign between them, with their texts."""

    left: SidePart
    sign: str
    right: SidePart
    left_text: str
    right_text: str

    @property
    def text(self) -> str:
        """The comparison as typed."""
        return f"{self.left_text} {self.sign} {self.right_text}"

    @property
    def words(self) -> str:
        """The demand in words: "a must be less than b"."""
        return f"{self.left_text} must be {COMPARED[self.sign][1]} {self.right_text}"

    def holds(self, known: Known) -> bool:
        """Tell whether the values keep it.

        Raises:
            Unknown: It says nothing of them.
        """
        left, right = self.left.value(known), self.right.value(known)
        if isinstance(left, str) != isinstance(right, str):
            raise Incomparable
        if isinstance(left, str) and self.sign not in _EQUALITY:
            raise Incomparable
        return COMPARED[self.sign][0](left, right)

    def why_never(self, types: Mapping[str, str]) -> str:
        """Return why values of these data types are never compared, as a sentence; else ""."""
        left, right = self.left.kinds(types), self.right.kinds(types)
        if not (left and right):
            return f"“{self.text}” calculates with a text or compares JSON, so it checks nothing."
        if left & right == TEXT and self.sign not in _EQUALITY:
            return f"“{self.text}” compares texts, which can only be equal (==) or different (!=)."
        if not left & right:
            sides = f"{min(left)} with {min(right)}"
            return f"“{self.text}” compares {sides}, so it checks nothing."
        return ""

    def is_idle(self, known: Known) -> bool:
        """Tell whether these values are all known and cannot be compared."""
        try:
            self.holds(known)
        except Incomparable:
            return True
        except Unknown:
            return False
        return False


def of_key(key: str) -> SidePart:
    """Return the part that stands for the value of a setting."""
    return SidePart(lambda known: _known(known, key), lambda types: _of_type(types.get(key)))


def of_text(text: str) -> SidePart:
    """Return the part that stands for a text."""
    return SidePart(lambda _: text, lambda _: TEXT)


def of_number(number: int | float | Decimal) -> SidePart:
    """Return the part that stands for a number."""
    exact = _exact(number)
    return SidePart(lambda _: exact, lambda _: NUMBER)


def combined(sign: str, left: SidePart, right: SidePart) -> SidePart:
    """Return the sum, difference or product of two parts."""
    return SidePart(
        lambda known: _calculated(sign, left.value(known), right.value(known)),
        lambda types: left.kinds(types) & right.kinds(types) & NUMBER,
    )


def _of_type(data_type: str | None) -> SideKinds:
    return ANY if data_type is None else _OF_TYPES.get(data_type, NONE)


def _known(known: Known, key: str) -> _Exact:
    if key not in known:
        raise Unknown(key)
    value = known[key]
    return value if isinstance(value, str) else _exact(value)


def _exact(number: float | Decimal) -> _Number:
    return Decimal(repr(number)) if isinstance(number, float) else number


def _calculated(sign: str, left: _Exact, right: _Exact) -> _Exact:
    if isinstance(left, str) or isinstance(right, str):
        raise Incomparable
    if isinstance(left, int) and isinstance(right, int):
        return _EXACT[sign](left, right)
    return _ROUNDED[sign](left, right)
