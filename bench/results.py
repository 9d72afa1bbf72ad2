"""The results: kept in a file, with the better of several passes."""

import json
import os
import subprocess
from datetime import UTC, datetime
from typing import Any

from bench.places import RESULTS, ROOT

Results = dict[str, Any]


def begin() -> Results:
    """Return the results of a run that has just begun."""
    return {
        "began": f"{datetime.now(UTC):%Y-%m-%d}",
        "revision": _revision(),
        "load": round(os.getloadavg()[0], 1),
        "targets": {},
        "extras": {},
    }


def read() -> Results:
    """Return the results of the last run."""
    found: Results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def write(results: Results) -> None:
    """Keep the results for tables."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def add(results: Results, target: str, size: str, passes: list[Results]) -> None:
    """Put the passes of a target on a size into the results, in place of what is there of them."""
    found = results["targets"].setdefault(target, {}).setdefault(size, {})
    found |= best(passes)


def best(passes: list[Results]) -> Results:
    """Return the better figures of each work: the others met a noisy minute."""
    found: Results = {}
    for one in passes:
        for name, value in one.items():
            if name not in found or _cost(name, value) < _cost(name, found[name]):
                found[name] = value
    return found


def _cost(name: str, value: Any) -> float:
    if name == "cold_s":
        return float(value)
    if name == "memory":
        return -float(value["rss_mib"])
    return float(value["p50"])


def _revision() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
