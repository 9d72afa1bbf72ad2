"""``python -m bench``: prepares what is not there, measures, and prints the tables."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bench import (
    databases,
    driving,
    exporting,
    hashing,
    many,
    matrix,
    postgres,
    report,
    results,
    targets,
    virtualenvs,
    works,
)
from bench.places import SIZES, Missing, demand
from bench.results import Results
from bench.targets import ANYWHERE, BASELINE, CONSOLE, Target

EXTRAS: dict[str, Callable[[Target, str], dict[str, Any]]] = {
    "exporting": exporting.measure,
    "many": many.measure,
    "matrix": matrix.measure,
    "hashing": hashing.measure,
}
EVERYBODY = "all"
QUIET = 0.5
INTERRUPTED, TERMINATED = 130, 143


def main() -> None:
    """Measure what the command line asks for."""
    options = _options()
    # As after Ctrl-C, so that no server goes on running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        demand()
    except Missing as error:
        sys.exit(str(error))
    chosen = _chosen(options.targets)
    _prepare(chosen, options.sizes, options.works)
    found = results.read() if options.add else results.begin()
    if os.getloadavg()[0] > QUIET:
        print("Something else runs on this machine: of the figures only CPU is to be trusted.")
    for size in options.sizes:
        _measure(found, chosen, size, options)
    if any(target.name == CONSOLE for target in chosen):
        _measure_more(found, options)
    report.main()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    every = [*works.NAMES, *EXTRAS]
    parser.add_argument(
        *("-t", "--targets"),
        type=_list,
        default=[CONSOLE, ANYWHERE, BASELINE],
        help=f"names of targets.toml with commas between them, or {EVERYBODY}",
    )
    parser.add_argument("-s", "--sizes", type=_list, default=["1k", "1m"], help=", ".join(SIZES))
    parser.add_argument("-w", "--works", type=_list, default=every, help=", ".join(every))
    parser.add_argument("-p", "--passes", type=int, default=1, help="the better figures stay")
    parser.add_argument("-d", "--seconds", type=int, default=4, help="about, for each work")
    parser.add_argument("--add", action="store_true", help="add to the figures of the last run")
    return parser.parse_args()


def _list(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _chosen(names: Sequence[str]) -> list[Target]:
    every = targets.read()
    if EVERYBODY in names:
        return list(every.values())
    return [every[name] for name in names]


def _prepare(chosen: Sequence[Target], sizes: Sequence[str], wanted: Sequence[str]) -> None:
    # Flask-Admin's environment also makes the hash of its operator, whose tables the baseline has.
    virtualenvs.ensure({"fadmin", "console", *(target.venv for target in chosen)})
    postgres.start()
    families = {target.family for target in chosen}
    databases.ensure(families, sizes)
    if "matrix" in wanted:
        databases.ensure([matrix.FAMILY], sizes[-1:])


def _measure(
    found: Results, chosen: Sequence[Target], size: str, options: argparse.Namespace
) -> None:
    """Measure consoles in turn, pass after pass, so that a noisy minute meets all of them."""
    passes: dict[str, list[Results]] = {target.name: [] for target in chosen}
    for _ in range(options.passes):
        for target in chosen:
            wanted = works.of(target, options.works)
            if wanted:
                passes[target.name].append(driving.measure(target, size, wanted, options.seconds))
                results.add(found, target.name, size, passes[target.name])
                results.write(found)


def _measure_more(found: Results, options: argparse.Namespace) -> None:
    """Measure what only the console has, with the most users."""
    console, size = targets.read()[CONSOLE], options.sizes[-1]
    for name, measure in EXTRAS.items():
        if name in options.works:
            found["extras"][name] = measure(console, size)
            print(name, found["extras"][name], flush=True)
            results.write(found)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
