"""The switch of the guards, copied into the console whose guards are taken away."""

import os

WITHOUT = "WITHOUT_GUARD"
reached: set[int] = set()


def stands(number: int) -> bool:
    """Tell whether a guard stands, and note that it was reached."""
    reached.add(number)
    return os.environ.get(WITHOUT) != str(number)
