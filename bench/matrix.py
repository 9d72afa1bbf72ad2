"""The matrix of fifty roles and two hundred permissions: its page."""

import gzip
from typing import Any

from bench import load, statements
from bench.client import OK, Client
from bench.driving import KIB, PROBES, sign_in, start
from bench.targets import Target

FAMILY = "ragm"
PATH = "/roles"
SECONDS = 8


def measure(target: Target, size: str) -> dict[str, Any]:
    """Ask for the matrix again and again."""
    database = f"{FAMILY}_{size}"
    with start(target, database):
        client = Client(target.port)
        sign_in(client, target)
        for _ in range(PROBES):
            body = client.get(PATH).demand(OK).body
        seen = load.ask(target.port, PATH, client.cookie, connections=1, seconds=SECONDS)
        with statements.logged():
            count, _ = statements.count(database, lambda: PATH, client.get)
    return {
        "p50": round(seen.p50, 1),
        "kib": round(len(body) / KIB, 1),
        "kib_gzip": round(len(gzip.compress(body, 6)) / KIB, 1),
        "statements": count,
    }
