"""A capacity limiter: a few threads do the same work at once, a few wait, others are refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class Overloaded(Exception):
    """Too many threads do the same work. It was not started and can be tried again soon."""


class CapacityLimiter:
    """A limit on the threads of a process that do the same work at once.

    A waiting call blocks a thread of the server, so the queue is short and has a timeout:
    otherwise no thread would be left for other requests.

    Slots are given in the order of the calls, as far as `threading.Semaphore` does so: a call that
    comes just when a slot becomes free may get it first.
    """

    def __init__(
        self, *, limit: int, queue: int, timeout: float, error: type[Overloaded] = Overloaded
    ) -> None:
        """Create a limiter.

        Args:
            limit: The number of slots.
            queue: The number of calls that may wait for a slot.
            timeout: The seconds that a call waits before it is refused.
            error: What is raised then.
        """
        self._error = error
        self._calls = BoundedSemaphore(limit + queue)
        self._slots = BoundedSemaphore(limit)
        self._timeout = timeout

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Use a slot, and release it however the work ends.

        Raises:
            Overloaded: The queue is full, or no slot became free in time.
        """
        with self._acquired(self._calls, 0), self._acquired(self._slots, self._timeout):
            yield

    @contextmanager
    def _acquired(self, semaphore: BoundedSemaphore, timeout: float) -> Iterator[None]:
        if not semaphore.acquire(timeout=timeout):
            raise self._error("Too many calls at once. The work was not started.")
        try:
            yield
        finally:
            semaphore.release()
