"""``python -m tools.trust [DATABASE ...]``: runs all trials, and prints their table.

Databases are sqlite, postgresql and mysql, which is MariaDB here; all of them by default. The exit
code is 1 if something is not as promised.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator

from tests.support.databases import Databases
from tests.support.servers import Unavailable
from tools.trust import consoles, failing, killing, large, reading, week, writing
from tools.trust.consoles import Outcome

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
Table = dict[str, dict[str, Outcome]]


def main() -> None:
    """Run the trials that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m tools.trust", description=__doc__)
    parser.add_argument("databases", nargs="*", metavar="DATABASE", help=", ".join(consoles.NAMES))
    parser.add_argument("--events", type=int, default=large.MANY, help="events of the large record")
    arguments = parser.parse_args()
    names = arguments.databases or list(consoles.NAMES)
    if not set(names) <= set(consoles.NAMES):
        parser.error(f"the databases are {', '.join(consoles.NAMES)}")
    # The answers to what fails on purpose are looked at; the log would say it once more.
    logging.disable(logging.CRITICAL)
    table: Table = {}
    for name in names:
        for outcome in _tried(name, arguments.events):
            table.setdefault(outcome.trial, {})[name] = outcome
    _print(table, names)
    is_kept = all(outcome.is_kept for row in table.values() for outcome in row.values())
    sys.exit(0 if table and is_kept else 1)


def _tried(name: str, events: int) -> Iterator[Outcome]:
    try:
        with consoles.databases(name) as databases:
            start = time.monotonic()
            for outcome in _trials(databases, name, events):
                seconds = consoles.seconds_since(start)
                kept = "" if outcome.is_kept else "NOT KEPT: "
                line = f"{TITLES[name]}, after {seconds}: {kept}{outcome.trial}: {outcome.result}"
                print(line, file=sys.stderr)
                yield outcome
    except Unavailable as absence:
        print(f"{TITLES[name]} is left out: {absence}", file=sys.stderr)


def _trials(databases: Databases, name: str, events: int) -> Iterator[Outcome]:
    yield failing.trial(databases.make(name))
    yield killing.trial(databases.make(name))
    yield writing.trial(databases.make(name))
    yield from week.trials(databases.make(name))
    yield from reading.trials(databases.make(name))
    yield from large.trials(databases, name, events)


def _print(table: Table, names: list[str]) -> None:
    load, cores = os.getloadavg()[1], os.cpu_count()
    print(f"Measured on {time.strftime('%Y-%m-%d')}, {cores} cores, a load of {load:.1f}.\n")
    print(f"| Trial | {' | '.join(TITLES[name] for name in names)} |")
    print(f"|---|{'---|' * len(names)}")
    for trial, row in table.items():
        cells = (_cell(row[name]) if name in row else "" for name in names)
        print(f"| {trial[0].upper()}{trial[1:]} | {' | '.join(cells)} |")


def _cell(outcome: Outcome) -> str:
    return outcome.result if outcome.is_kept else f"**not kept:** {outcome.result}"


if __name__ == "__main__":
    main()
