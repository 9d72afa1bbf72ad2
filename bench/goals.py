"""The goals of the console, and whether the figures of a run meet them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.results import Results
from bench.targets import ANYWHERE, BASELINE, CONSOLE, Target

SMALL, LARGE = "1k", "1m"
NOT_MEASURED = "not measured"
TIMES = " times"


@dataclass(frozen=True)
class Run:
    """The figures of a run, as goals ask for them; None for what was not measured.

    Attributes:
        results: What the driver kept.
        peers: The names of the consoles that are compared with.
        by_cpu: Whether a work costs what it takes of the processor, rather than of the clock.
    """

    results: Results
    peers: Sequence[str]
    by_cpu: bool = False

    def cost(self, target: str, size: str, work: str) -> float | None:
        """Return the milliseconds that a work costs."""
        if not self.by_cpu:
            return self.figure(target, size, work, "p50")
        web = self.figure(target, size, work, "cpu_web")
        database = self.figure(target, size, work, "cpu_pg")
        return None if web is None or database is None else web + database

    def figure(self, target: str, size: str, work: str, name: str) -> float | None:
        """Return one figure of a work."""
        found = self.results["targets"].get(target, {}).get(size, {}).get(work, {})
        number: float | None = found.get(name)
        return number

    def fact(self, target: str, size: str, name: str) -> Any:
        """Return what was measured of a target beside its works."""
        return self.results["targets"].get(target, {}).get(size, {}).get(name)

    def best_peer(self, work: str) -> float | None:
        """Return the least that a work costs a peer with the most users."""
        costs = (self.cost(peer, LARGE, work) for peer in self.peers)
        return min((cost for cost in costs if cost is not None), default=None)


Measure = Callable[[Run], float | None]


@dataclass(frozen=True)
class Goal:
    """A goal of the benchmark.

    Attributes:
        work: The work that it is about.
        words: The goal in words.
        limit: The number that is to be kept to.
        measure: Returns the number that is compared with the limit.
        unit: What the number counts.
        is_least: Whether the number has to be at least the limit, rather than at most.
    """

    work: str
    words: str
    limit: float
    measure: Measure
    unit: str = TIMES
    is_least: bool = False


@dataclass(frozen=True)
class Verdict:
    """A goal, and whether a run meets it.

    Attributes:
        goal: The goal.
        measured: The number that is judged; None where it was not measured.
        by_cpu: The same of processor time, which counts for nothing but is steadier; None where
            the goal is about something else.
    """

    goal: Goal
    measured: float | None
    by_cpu: float | None

    @property
    def is_met(self) -> bool | None:
        """Tell whether the goal is met."""
        if self.measured is None:
            return None
        if self.goal.is_least:
            return self.measured >= self.goal.limit
        return self.measured <= self.goal.limit

    @property
    def in_words(self) -> str:
        """The verdict in a word or two."""
        return {True: "met", False: "**missed**", None: NOT_MEASURED}[self.is_met]

    def number(self, measured: float | None) -> str:
        """Return a number with the goal's unit."""
        return "" if measured is None else f"{measured:.2f}{self.goal.unit}"


def judge(results: Results, targets: dict[str, Target]) -> list[Verdict]:
    """Return the verdict on every goal."""
    peers = [name for name, target in targets.items() if target.is_peer]
    run, by_cpu = Run(results, peers), Run(results, peers, by_cpu=True)
    return [
        Verdict(goal, goal.measure(run), goal.measure(by_cpu) if goal.unit == TIMES else None)
        for goal in GOALS
    ]


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _of_baseline(work: str, target: str = CONSOLE) -> Measure:
    """The console's time as so many times the baseline's."""
    return lambda run: _ratio(run.cost(target, LARGE, work), run.cost(BASELINE, LARGE, work))


def _of_peer(work: str) -> Measure:
    """The console's time as so many times the best peer's."""
    return lambda run: _ratio(run.cost(CONSOLE, LARGE, work), run.best_peer(work))


def _faster(work: str) -> Measure:
    """The best peer's time divided by the console's."""
    return lambda run: _ratio(run.best_peer(work), run.cost(CONSOLE, LARGE, work))


def _growth(work: str) -> Measure:
    """The console's time with the most users as so many times that with the fewest."""
    return lambda run: _ratio(run.cost(CONSOLE, LARGE, work), run.cost(CONSOLE, SMALL, work))


def _within(work: str, other: str) -> Measure:
    """The console's time as so many times its own for another work."""
    return lambda run: _ratio(run.cost(CONSOLE, LARGE, work), run.cost(CONSOLE, LARGE, other))


def _figure(work: str, name: str) -> Measure:
    return lambda run: run.figure(CONSOLE, LARGE, work, name)


def _first_answer(run: Run) -> float | None:
    seconds: float | None = run.fact(CONSOLE, LARGE, "cold_s")
    return seconds


def _memory(run: Run) -> float | None:
    memory: dict[str, float] = run.fact(CONSOLE, LARGE, "memory") or {}
    return memory.get("rss_mib")


GOALS = [
    Goal("W1", "at most 2 times the baseline", 2, _of_baseline("W1")),
    Goal("W3", "at most 1.8 times the baseline", 1.8, _of_baseline("W3")),
    Goal("W3", "at least 15 times faster than the best peer", 15, _faster("W3"), is_least=True),
    Goal("W4", "at most 1.1 times page 1", 1.1, _within("W4", "W3")),
    Goal("W4", "at least 50 times faster than the best peer", 50, _faster("W4"), is_least=True),
    Goal("W5", "at most 2 times the baseline", 2, _of_baseline("W5")),
    Goal("W5b", "at most 2 times the baseline", 2, _of_baseline("W5b")),
    Goal("W5s", "at most 2 times the baseline", 2, _of_baseline("W5s", ANYWHERE)),
    Goal("W5t", "at most 2 times the baseline", 2, _of_baseline("W5t", ANYWHERE)),
    Goal("W6", "at most 2 times the baseline", 2, _of_baseline("W6")),
    Goal("W7", "at most 4 times the baseline", 4, _of_baseline("W7")),
    Goal("W7", "no slower than the best peer", 1, _of_peer("W7")),
    Goal("W8", "at most 3 times the baseline", 3, _of_baseline("W8")),
    Goal("W8", "at most 300 KiB", 300, _figure("W8", "kib"), " KiB"),
    Goal("W8", "at most 20 KiB compressed", 20, _figure("W8", "kib_gzip"), " KiB"),
    Goal("W9", "at most 3 times the baseline", 3, _of_baseline("W9")),
    Goal("W9", "no slower than the best peer", 1, _of_peer("W9")),
    Goal("W12", "first answer after at most 0.7 s", 0.7, _first_answer, " s"),
    Goal("W12", "at most 75 MiB for each worker", 75, _memory, " MiB"),
    Goal("W3", "with 1,000,000 users at most 1.1 times 1,000", 1.1, _growth("W3")),
    Goal("W4", "with 1,000,000 users at most 1.1 times 1,000", 1.1, _growth("W4")),
    Goal("W6", "with 1,000,000 users at most 1.1 times 1,000", 1.1, _growth("W6")),
]
