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
_REFUSED = "!"
_noted: set[str] = set()


def stands(number: int) -> bool:
    """Tell whether a guard stands, and note that it was reached."""
    _note(f"{number}{_REFUSED}")
    return not _is_away(number)


def refuses(number: int, check: Callable[[], object]) -> None:
    """Call a check unless it is taken away; note that, and whether it refuses something."""
    _note(f"{number}")
    if _is_away(number):
        return
    is_refused = True
    try:
        check()
        is_refused = False
    finally:
        if is_refused:
            _note(f"{number}{_REFUSED}")


def reached(*, refused: bool) -> set[int]:
    """Return the guards that were reached since this was asked last.

    Args:
        refused: Whether checks count only if they have refused something.
    """
    _noted.clear()
    lines = _REACHED.read_text().split() if _REACHED.exists() else []
    _REACHED.write_text("")
    return {int(line.rstrip(_REFUSED)) for line in lines if line.endswith(_REFUSED) or not refused}


def _is_away(number: int) -> bool:
    away = os.environ.get(WITHOUT) or (AWAY.read_text() if AWAY.exists() else "")
    return away == str(number)


def _note(line: str) -> None:
    if line not in _noted:
        _noted.add(line)
        with _REACHED.open("a") as file:
            file.write(f"{line}\n")
