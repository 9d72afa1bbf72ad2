"""Measures the import of 10,000 users into the database that the environment names.

    python -m tools.measure_import

It creates 9,900 users, so the database should be one to lose. Every hundredth row is refused.
"""

import time
from collections import Counter
from functools import partial
from pathlib import Path

from app import create_app
from app.domain import transfer
from app.domain.actor import Actor, ActorKind
from app.extensions import db
from app.unit_of_work import carry_out

ROWS = 10_000
ACTOR = Actor(ActorKind.COMMAND, "os:measure")


def main() -> None:
    """Import the same file twice, and print seconds, outcomes and memory."""
    with create_app().app_context():
        before = _mebibytes()
        for run in ("first", "again"):
            start = time.monotonic()
            outcomes = _import()
            seconds = time.monotonic() - start
            print(f"{run}: {seconds:.1f} s, {dict(outcomes)}")
        print(f"memory: +{_mebibytes() - before} MiB")


def _import() -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for batch in transfer.batches(transfer.read_users(_file())):
        create = partial(transfer.create_rows, db.session, batch, actor=ACTOR)
        results = carry_out(create, actor=ACTOR)
        outcomes.update(result.line.outcome.value for result in results)
    return outcomes


def _file() -> str:
    rows = (
        f"{'bad name' if number % 100 == 0 else 'user'}{number},user{number}@example.org,"
        f"Person {number},viewer"
        for number in range(ROWS)
    )
    return "\n".join(["username,email,full_name,roles", *rows])


def _mebibytes() -> int:
    """Return the most memory that this process has had."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
