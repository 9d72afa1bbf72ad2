"""The computation of hashes: one at a time in each process, on a thread that gives way to pages.

Each computation of argon2 runs on four threads of its own and takes 64 MiB. All computations go
through one capacity limiter, so that many sign-ins at once leave room for other requests, and run
on a thread of lower priority, so that pages come first where both want a processor.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from typing import TypeVar

from app.domain.authentication.capacity import CapacityLimiter

T = TypeVar("T")

# Pages' p95 while eight sign in: 8 times idle with one, 13 with two, 31 without limit (medians).
LIMIT = 1
# Who is refused tries again at once: eight people were answered 503 sixty times a second, and that
# cost pages more than the hashes did (docs/performance.md).
QUEUE = 4
TIMEOUT_SECONDS = 2.0

# Pages' p95 while eight sign in fell to half, at the same number of sign-ins (docs/performance.md).
NICENESS = 10

_LIMITER = CapacityLimiter(limit=LIMIT, queue=QUEUE, timeout=TIMEOUT_SECONDS)
_OF_THREAD = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn of this thread; what it computes inside is not refused any more.

    Raises:
        Overloaded: Too many passwords are being hashed in this process.
    """
    if getattr(_OF_THREAD, "has_turn", False):
        yield
        return
    with _LIMITER.slot():
        _OF_THREAD.has_turn = True
        try:
            yield
        finally:
            _OF_THREAD.has_turn = False


def computed(work: Callable[..., T], *arguments: str | bytes | int | None) -> T:
    """Return the result of work that takes long, once it is its turn.

    Raises:
        Overloaded: Too many passwords are being hashed in this process.
    """
    with turn():
        return _thread().submit(work, *arguments).result()


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LIMIT, "passwords", initializer=_give_way)


def _give_way() -> None:
    """Lower the priority of this thread, and of those that argon2 starts from it (Linux)."""
    # Elsewhere priorities belong to processes; a priority that is lower already stays.
    with suppress(OSError):
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
