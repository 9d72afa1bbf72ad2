"""Checks of a form that report all mistakes at once."""

from collections.abc import Callable
from typing import Any

from app.domain.errors import InvalidValue, InvalidValues, RuleError


def all_of(**checks: Callable[[], Any]) -> dict[str, Any]:
    """Run all checks, and return their results by name.

    Raises:
        InvalidValue: One check failed.
        InvalidValues: Several checks failed; with the sentence of each.
    """
    results: dict[str, Any] = {}
    mistakes: list[RuleError] = []
    for name, check in checks.items():
        try:
            results[name] = check()
        except InvalidValue as mistake:
            mistakes += mistake.parts
    refuse(mistakes)
    return results


def refuse(mistakes: list[RuleError]) -> None:
    """Raise the mistake, or all of them together, if there are any."""
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise InvalidValues(mistakes)
