"""The switch of the guards, copied into the console whose guards are taken away."""

import os
from collections.abc import Callable

WITHOUT = "WITHOUT_GUARD"
reached: set[int] = set()


def stands(number: int) -> bool:
    """Tell whether a guard stands, and note that it was reached."""
    reached.add(number)
    return os.environ.get(WITHOUT) != str(number)


def refuses(number: int, check: Callable[[], object]) -> None:
    """Call a check unless it is taken away; it was reached if it refuses something."""
    if os.environ.get(WITHOUT) == str(number):
        return
    try:
        check()
    except Exception:
        reached.add(number)
        raise
