"""The list of users while eight people sign in, each of whom costs a hash."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import load
from bench.client import Client, Unexpected
from bench.databases import SECOND
from bench.driving import sign_in, start
from bench.targets import Target

PEOPLE = 8
SECONDS = 8
PATH = "/users"


def measure(target: Target, size: str) -> dict[str, Any]:
    """Ask for the list while nobody signs in, then while eight do."""
    with start(target, target.database(size)):
        client = Client(target.port)
        sign_in(client, target)
        load.ask(target.port, PATH, client.cookie, connections=4, seconds=1)
        idle = load.ask(target.port, PATH, client.cookie, connections=1, seconds=SECONDS)
        with _signing_in(target) as outcomes:
            busy = load.ask(target.port, PATH, client.cookie, connections=1, seconds=SECONDS)
    return {
        "idle_p95": round(idle.p95, 1),
        "busy_p95": round(busy.p95, 1),
        "sign_ins": outcomes.count(True),
        "sent_away": outcomes.count(False),
    }


@contextmanager
def _signing_in(target: Target) -> Iterator[list[bool]]:
    """Have eight people sign in, one after the other each; keeps who got in and who did not."""
    outcomes: list[bool] = []
    over = threading.Event()

    def sign_in_again_and_again() -> None:
        while not over.is_set():
            client = Client(target.port)
            try:
                sign_in(client, target, SECOND)
            except Unexpected:
                outcomes.append(False)
            else:
                outcomes.append(True)
            client.close()

    people = [threading.Thread(target=sign_in_again_and_again) for _ in range(PEOPLE)]
    for person in people:
        person.start()
    try:
        yield outcomes
    finally:
        over.set()
        for person in people:
            person.join()
