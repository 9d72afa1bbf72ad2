"""Budget of a check: the steps that it may take, counted alike on every machine."""

from dataclasses import dataclass, field
from typing import Any


class TooManySteps(Exception):
    """The check took as many steps as it may."""


class Steps:
    """The steps that are left for one check of one value.

    Attributes:
        spent: How many were spent.
        known_texts: The canonical texts of lists and objects that the check has met, by id: the
            schema and the value outlive the check, so no other object takes their place.
        known_choices: The canonical texts of choices, likewise.
    """

    def __init__(self, limit: int) -> None:
        self.spent = 0
        self._limit = limit
        self.known_texts: dict[int, str] = {}
        self.known_choices: dict[int, frozenset[str]] = {}

    def spend(self, count: int = 1) -> None:
        """Count steps.

        Raises:
            TooManySteps: There are not as many left.
        """
        self.spent += count
        if self.spent > self._limit:
            raise TooManySteps


@dataclass(unsafe_hash=True)
class Allowance:
    """The steps that are left for all checks of a list; it is no part of what the list says.

    Attributes:
        left: How many; checks whose results are kept take none.
    """

    left: int = field(compare=False)


def spent_on_text(text: Any) -> int:
    """Return the steps that a look at each character of a text takes."""
    return 1 + len(text) // 64 if isinstance(text, str) else 1
