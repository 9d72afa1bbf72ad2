"""The switch of the guards, copied into the console whose guards are taken away.

It is a file, so that the commands and consoles that a test starts have the same guards.
"""

import os
from collections.abc import Callable
from pathlib import Path

# The number of the guard that is taken away: for one process, and for all of the copy.
WITHOUT = "WITHOUT_GUARD"
AWAY = Path(__file__).with_name("guard_away.txt")
_REACHED = Path(__file__).with_name("guards_reached.txt")
_noted: set[int] = set()


def stands(number: int) -> bool:
    """Tell whether a guard stands, and note that it was reached."""
    _note(number)
    return not _is_away(number)


def refuses(number: int, check: Callable[[], object]) -> None:
    """Call a check unless it is taken away; it was reached if it refuses something."""
    if _is_away(number):
        return
    try:
        check()
    except Exception:
        _note(number)
        raise


def reached() -> set[int]:
    """Return the guards that were reached since this was asked last."""
    _noted.clear()
    numbers = set(map(int, _REACHED.read_text().split())) if _REACHED.exists() else set()
    _REACHED.write_text("")
    return numbers


def _is_away(number: int) -> bool:
    away = os.environ.get(WITHOUT) or (AWAY.read_text() if AWAY.exists() else "")
    return away == str(number)


def _note(number: int) -> None:
    if number not in _noted:
        _noted.add(number)
        with _REACHED.open("a") as file:
            file.write(f"{number}\n")
