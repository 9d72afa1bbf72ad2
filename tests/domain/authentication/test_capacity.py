"""A limiter, with real threads; nothing here is decided by how fast they are."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.authentication.capacity import CapacityLimiter, Overloaded

LONG, SHORT = 60.0, 0.01


@pytest.fixture
def held():
    """Holds a place of a limiter in a thread of its own; returns what gives it back."""
    frees = []

    def held(limiter):
        holds, is_free = threading.Event(), threading.Event()

        def hold():
            with limiter.slot():
                holds.set()
                is_free.wait(LONG)

        thread = threading.Thread(target=hold)
        thread.start()
        assert holds.wait(LONG)

        def free():
            is_free.set()
            thread.join(LONG)

        frees.append(free)
        return free

    yield held
    for free in frees:
        free()


@pytest.mark.parametrize("places", [1, 2, 3])
def test_no_more_are_let_through_at_once_than_there_are_places(places):
    limiter = CapacityLimiter(limit=places, queue=12, timeout=LONG)
    inside, seen = [], []

    def work(number):
        with limiter.slot():
            inside.append(number)
            time.sleep(SHORT)
            seen.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, range(12)))

    assert len(seen) == 12
    assert max(seen) <= places


def test_who_waits_gets_the_place_that_falls_free(held):
    limiter = CapacityLimiter(limit=1, queue=1, timeout=LONG)
    free = held(limiter)
    waits = threading.Thread(target=held, args=[limiter])
    waits.start()
    waits.join(0.1)
    assert waits.is_alive()

    free()
    waits.join(LONG)

    assert not waits.is_alive()


def test_who_has_waited_long_enough_is_turned_away(held):
    limiter = CapacityLimiter(limit=1, queue=1, timeout=SHORT)
    held(limiter)

    for _ in range(3):
        with pytest.raises(Overloaded), limiter.slot():
            pytest.fail("There is no slot.")


def test_who_finds_no_room_to_wait_in_is_turned_away_at_once(held):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=LONG * LONG)
    held(limiter)

    with pytest.raises(Overloaded), limiter.slot():
        pytest.fail("There is no slot.")


def test_who_is_turned_away_takes_nothing_along(held):
    limiter = CapacityLimiter(limit=2, queue=1, timeout=SHORT)
    frees = [held(limiter), held(limiter)]
    with pytest.raises(Overloaded), limiter.slot():
        pytest.fail("There is no slot.")

    for free in frees:
        free()

    with limiter.slot(), limiter.slot():
        pass


def test_a_place_is_given_back_when_the_work_fails():
    limiter = CapacityLimiter(limit=1, queue=0, timeout=SHORT)

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), limiter.slot():
            raise ValueError("broken")

    with limiter.slot():
        pass
