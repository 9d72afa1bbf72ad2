"""A turnstile: a few do some work at once in a process, a few wait, the others are turned away."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class TurnedAway(Exception):
    """Too many are at the same work. It was not begun; in a moment it may be."""


class Turnstile:
    """Lets a few threads of a process through at once, and a few others wait for it.

    Whoever waits occupies a thread of the server. So only a few may wait, and not for long:
    otherwise no thread would be left for those who want something else.

    A place goes to who has waited longest, as far as `threading.Semaphore` sees to that: somebody
    who comes at the very moment at which it falls free may be quicker.
    """

    def __init__(self, *, places: int, waiting: int, patience: float) -> None:
        """Make a turnstile.

        Args:
            places: How many are let through at once.
            waiting: How many others may wait.
            patience: For how many seconds they wait before they are turned away.
        """
        self._hall = BoundedSemaphore(places + waiting)
        self._places = BoundedSemaphore(places)
        self._patience = patience

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place, and give it back however the work ends.

        Raises:
            TurnedAway: As many wait as may, or no place fell free in time.
        """
        with _held(self._hall, 0), _held(self._places, self._patience):
            yield


@contextmanager
def _held(semaphore: BoundedSemaphore, timeout: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=timeout):
        raise TurnedAway("Too many are at this at once. Nothing was begun.")
    try:
        yield
    finally:
        semaphore.release()
