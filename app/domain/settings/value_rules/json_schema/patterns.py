"""Patterns of values: RE2 expressions, with the time that a search takes at worst."""

from functools import lru_cache
from importlib import import_module
from typing import Any

from app.domain.settings.value_rules.json_schema.steps import Steps

# A search that finds no way to remember where it was goes through the whole program for each
# character; this many instructions of it take as long as a step.
_INSTRUCTIONS_IN_A_STEP = 128


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern that RE2 takes."""
    return _compiled(text) is not None


def is_found(pattern: str, text: str, steps: Steps) -> bool:
    """Tell whether a text matches a pattern anywhere."""
    compiled = _compiled(pattern)
    steps.spend(1 + compiled.programsize * len(text) // _INSTRUCTIONS_IN_A_STEP)
    return compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """Return what searches for a pattern; None for one that RE2 does not take."""
    # Imported for the first pattern: most processes never see one.
    re2 = import_module("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError):
        return None
