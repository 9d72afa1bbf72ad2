"""A turnstile, with real threads; nothing here is decided by how fast they are."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.authentication.capacity import TurnedAway, Turnstile

LONG, SHORT = 60.0, 0.01


@pytest.fixture
def held():
    """Holds a place of a turnstile in a thread of its own; returns what gives it back."""
    frees = []

    def held(turnstile):
        holds, is_free = threading.Event(), threading.Event()

        def hold():
            with turnstile.place():
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
    turnstile = Turnstile(places=places, waiting=12, patience=LONG)
    inside, seen = [], []

    def work(number):
        with turnstile.place():
            inside.append(number)
            time.sleep(SHORT)
            seen.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, range(12)))

    assert len(seen) == 12
    assert max(seen) <= places


def test_who_waits_gets_the_place_that_falls_free(held):
    turnstile = Turnstile(places=1, waiting=1, patience=LONG)
    free = held(turnstile)
    waits = threading.Thread(target=held, args=[turnstile])
    waits.start()
    waits.join(0.1)
    assert waits.is_alive()

    free()
    waits.join(LONG)

    assert not waits.is_alive()


def test_who_has_waited_long_enough_is_turned_away(held):
    turnstile = Turnstile(places=1, waiting=1, patience=SHORT)
    held(turnstile)

    for _ in range(3):
        with pytest.raises(TurnedAway), turnstile.place():
            pytest.fail("There is no place.")


def test_who_finds_no_room_to_wait_in_is_turned_away_at_once(held):
    turnstile = Turnstile(places=1, waiting=0, patience=LONG * LONG)
    held(turnstile)

    with pytest.raises(TurnedAway), turnstile.place():
        pytest.fail("There is no place.")


def test_who_is_turned_away_takes_nothing_along(held):
    turnstile = Turnstile(places=2, waiting=1, patience=SHORT)
    frees = [held(turnstile), held(turnstile)]
    with pytest.raises(TurnedAway), turnstile.place():
        pytest.fail("There is no place.")

    for free in frees:
        free()

    with turnstile.place(), turnstile.place():
        pass


def test_a_place_is_given_back_when_the_work_fails():
    turnstile = Turnstile(places=1, waiting=0, patience=SHORT)

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turnstile.place():
            raise ValueError("broken")

    with turnstile.place():
        pass
