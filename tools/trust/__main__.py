"""``python -m tools.trust [DATABASE | clusters ...]``: runs all trials, and prints their tables.

Databases are sqlite, postgresql and mysql, which is MariaDB here; ``clusters`` are those of
docs/clusters.md, or a part of them. All of it by default. The exit code is 1 if something is not as
promised. Asked for by their names only are ``guards``, which takes the guards of the code away, one
at a time, ``schemathesis``, which tries the API, and ``sign-ins``: see guards.py, described.py and
signing_in.py.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial

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
    signing_in,
    week,
    writing,
)
from tools.trust.consoles import Outcome

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
ALL_CLUSTERS = "clusters"
BY_NAME: Mapping[str, Callable[[list[str]], None]] = {
    "guards": guards.main,
    "schemathesis": described.main,
    "sign-ins": signing_in.main,
}
Table = dict[str, dict[str, Outcome]]


def main() -> None:
    """Run the trials that the arguments ask for."""
    if sys.argv[1:] and (asked_for := BY_NAME.get(sys.argv[1])):
        asked_for(sys.argv[2:])
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
    # Side by side, so that neither processor waits; what takes longest begins.
    with ProcessPoolExecutor(os.cpu_count(), consoles.PROCESSES) as at_once:
        later_clusters = at_once.submit(_of_clusters, parts)
        tried = partial(_of_database, arguments.events, arguments.inputs)
        later = {name: at_once.submit(tried, name) for name in reversed(names)}
    table: Table = {}
    for name in names:
        for outcome in later[name].result():
            table.setdefault(outcome.trial, {})[name] = outcome
    of_clusters = later_clusters.result()
    _print(table, names, of_clusters)
    outcomes = [outcome for row in table.values() for outcome in row.values()] + of_clusters
    sys.exit(0 if outcomes and all(outcome.is_kept for outcome in outcomes) else 1)


def _of_clusters(parts: list[str]) -> list[Outcome]:
    chosen = [name for name in clusters.PARTS if ALL_CLUSTERS in parts or name in parts]
    return [outcome for name in chosen for outcome in _reported(name, clusters.PARTS[name]())]


def _of_database(events: int, inputs: int, name: str) -> list[Outcome]:
    return list(_reported(TITLES[name], _trials(name, events, inputs)))


def _reported(title: str, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    start = time.monotonic()
    try:
        for outcome in outcomes:
            _report(title, start, outcome)
            yield outcome
    except Unavailable as absence:
        print(f"{title} is left out: {absence}", file=sys.stderr)


def _report(title: str, start: float, outcome: Outcome) -> None:
    kept = "" if outcome.is_kept else "NOT KEPT: "
    seconds = consoles.seconds_since(start)
    line = f"{title}, after {seconds}: {kept}{outcome.trial}: {outcome.result}"
    print(line, file=sys.stderr)


def _trials(name: str, events: int, inputs: int) -> Iterator[Outcome]:
    with consoles.databases(name) as databases:
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
