"""``python -m tools.trust [DATABASE | clusters ...]``: runs all trials, and prints their tables.

Databases are sqlite, postgresql and mysql, which is MariaDB here; ``clusters`` are those of
docs/clusters.md, or a part of them. All of it by default. The exit code is 1 if something is not as
promised. ``guards`` takes the guards of the code away instead, one at a time: see guards.py.
``schemathesis`` tries the API: see described.py.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator

from tests.support.databases import Databases
from tests.support.servers import Unavailable
from tools.trust import (
    clusters,
    consoles,
    described,
    failing,
    guards,
    hostile,
    killing,
    large,
    reading,
    sequences,
    week,
    writing,
)
from tools.trust.consoles import Outcome

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
ALL_CLUSTERS = "clusters"
Table = dict[str, dict[str, Outcome]]


def main() -> None:
    """Run the trials that the arguments ask for."""
    if sys.argv[1:2] == ["guards"]:
        guards.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["schemathesis"]:
        described.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m tools.trust", description=__doc__)
    known = (*consoles.NAMES, ALL_CLUSTERS, *clusters.PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(known))
    parser.add_argument("--events", type=int, default=large.MANY, help="events of the large record")
    parser.add_argument("--inputs", type=int, default=hostile.INPUTS, help="hostile values")
    arguments = parser.parse_args()
    parts = arguments.parts or [*consoles.NAMES, ALL_CLUSTERS]
    if not set(parts) <= set(known):
        parser.error(f"the parts are {', '.join(known)}")
    names = [name for name in consoles.NAMES if name in parts]
    # The answers to what fails on purpose are looked at; the log would say it once more.
    logging.disable(logging.CRITICAL)
    table: Table = {}
    for name in names:
        for outcome in _tried(name, arguments.events, arguments.inputs):
            table.setdefault(outcome.trial, {})[name] = outcome
    of_clusters = list(_of_clusters(parts))
    _print(table, names, of_clusters)
    outcomes = [outcome for row in table.values() for outcome in row.values()] + of_clusters
    sys.exit(0 if outcomes and all(outcome.is_kept for outcome in outcomes) else 1)


def _of_clusters(parts: list[str]) -> Iterator[Outcome]:
    for name, trials in clusters.PARTS.items():
        if ALL_CLUSTERS in parts or name in parts:
            start = time.monotonic()
            try:
                for outcome in trials():
                    _report(name, start, outcome)
                    yield outcome
            except Unavailable as absence:
                print(f"{name} is left out: {absence}", file=sys.stderr)


def _tried(name: str, events: int, inputs: int) -> Iterator[Outcome]:
    try:
        with consoles.databases(name) as databases:
            start = time.monotonic()
            for outcome in _trials(databases, name, events, inputs):
                _report(TITLES[name], start, outcome)
                yield outcome
    except Unavailable as absence:
        print(f"{TITLES[name]} is left out: {absence}", file=sys.stderr)


def _report(title: str, start: float, outcome: Outcome) -> None:
    kept = "" if outcome.is_kept else "NOT KEPT: "
    seconds = consoles.seconds_since(start)
    line = f"{title}, after {seconds}: {kept}{outcome.trial}: {outcome.result}"
    print(line, file=sys.stderr)


def _trials(databases: Databases, name: str, events: int, inputs: int) -> Iterator[Outcome]:
    yield failing.trial(databases.make(name))
    yield killing.trial(databases.make(name))
    yield writing.trial(databases.make(name))
    yield from week.trials(databases.make(name))
    yield from reading.trials(databases.make(name))
    yield from large.trials(databases, name, events)
    yield hostile.trial(databases.make(name), inputs)
    if name == consoles.NAMES[0]:
        # The rules of access are not of a database.
        yield sequences.trial(databases.make(name))


def _print(table: Table, names: list[str], of_clusters: list[Outcome]) -> None:
    load, cores = os.getloadavg()[1], os.cpu_count()
    print(f"Measured on {time.strftime('%Y-%m-%d')}, {cores} cores, a load of {load:.1f}.\n")
    _print_rows("Trial", [TITLES[name] for name in names], _rows(table, names))
    _print_rows("Trial of a cluster", ["Result"], _rows_of_clusters(of_clusters))


def _print_rows(head: str, titles: list[str], rows: list[list[str]]) -> None:
    if rows:
        print(f"| {' | '.join([head, *titles])} |")
        print(f"|---|{'---|' * len(titles)}")
        for first, *cells in rows:
            print(f"| {first[0].upper()}{first[1:]} | {' | '.join(cells)} |")
        print()


def _rows(table: Table, names: list[str]) -> list[list[str]]:
    return [
        [trial, *(_cell(row[name]) if name in row else "" for name in names)]
        for trial, row in table.items()
    ]


def _rows_of_clusters(outcomes: list[Outcome]) -> list[list[str]]:
    return [[outcome.trial, _cell(outcome)] for outcome in outcomes]


def _cell(outcome: Outcome) -> str:
    return outcome.result if outcome.is_kept else f"**not kept:** {outcome.result}"


if __name__ == "__main__":
    main()
