"""Checks of what was typed into a form: all that is wrong with it is told at once."""

from collections.abc import Callable
from typing import Any

from app.domain.errors import InvalidValue, InvalidValues, RuleError


def all_of(**checks: Callable[[], Any]) -> dict[str, Any]:
    """Make all the checks, and return what they return, by their names.

    Raises:
        InvalidValue: One of them refuses.
        InvalidValues: Several do; says what each of them says.
    """
    passed: dict[str, Any] = {}
    mistakes: list[RuleError] = []
    for name, check in checks.items():
        try:
            passed[name] = check()
        except InvalidValue as mistake:
            mistakes += mistake.parts
    refuse(mistakes)
    return passed


def refuse(mistakes: list[RuleError]) -> None:
    """Raise the mistake, or all of them, if there are any."""
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise InvalidValues(mistakes)
