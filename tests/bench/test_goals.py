"""The benchmark's verdicts: what is met, what is missed, and what was not measured."""

import pytest

from bench import goals, results, targets
from bench.results import best

PEER = "flask-admin"


@pytest.fixture
def run():
    """A run in which the console meets every goal, with room to spare."""
    quick, slow = {"p50": 1.0, "kib": 200, "kib_gzip": 15}, {"p50": 100.0}
    works = ["W1", "W3", "W4", "W5", "W5b", "W5s", "W5t", "W6", "W7", "W8", "W9"]
    console = {work: dict(quick) for work in works}
    started = {"cold_s": 0.5, "memory": {"rss_mib": 70.0}}
    return results.begin() | {
        "targets": {
            "console": {"1m": console | started, "1k": {work: dict(quick) for work in works}},
            targets.ANYWHERE: {"1m": {work: dict(quick) for work in works}},
            "baseline": {"1m": {work: dict(quick) for work in works}},
            PEER: {"1m": {work: dict(slow) for work in works}},
        }
    }


def judged(run):
    return goals.judge(run, targets.read())


def missed(run):
    return {(one.goal.work, one.goal.words) for one in judged(run) if one.is_met is False}


def test_every_goal_can_be_met(run):
    assert [one.in_words for one in judged(run)] == ["met"] * len(goals.GOALS)


@pytest.mark.parametrize(
    ("work", "milliseconds", "words"),
    [
        ("W1", 2.1, "at most 2 times the baseline"),
        ("W5b", 2.1, "at most 2 times the baseline"),
        ("W8", 3.1, "at most 3 times the baseline"),
        ("W9", 3.1, "at most 3 times the baseline"),
    ],
)
def test_too_much_above_the_baseline_is_missed(run, work, milliseconds, words):
    run["targets"]["console"]["1m"][work]["p50"] = milliseconds

    assert missed(run) == {(work, words)}


def test_the_fastest_peer_is_the_one_to_beat(run):
    run["targets"]["django-constance"] = {"1m": {"W7": {"p50": 0.9}, "W3": {"p50": 14.9}}}

    assert missed(run) == {
        ("W7", "no slower than the best peer"),
        ("W3", "at least 15 times faster than the best peer"),
    }


def test_growth_is_measured_against_the_small_size(run):
    run["targets"]["console"]["1k"]["W6"]["p50"] = 0.9

    assert missed(run) == {("W6", "with 1,000,000 users at most 1.1 times 1,000")}


def test_size_start_and_memory_are_judged(run):
    run["targets"]["console"]["1m"] |= {"cold_s": 0.71, "memory": {"rss_mib": 75.1}}
    run["targets"]["console"]["1m"]["W8"] |= {"kib": 301, "kib_gzip": 20.1}

    assert {words for _, words in missed(run)} == {
        "at most 300 KiB",
        "at most 20 KiB compressed",
        "first answer after at most 0.7 s",
        "at most 75 MiB for each worker",
    }


def test_what_was_not_measured_is_neither_met_nor_missed(run):
    del run["targets"][PEER]

    verdicts = {one.goal.words: one for one in judged(run)}

    assert verdicts["at least 50 times faster than the best peer"].in_words == goals.NOT_MEASURED
    assert verdicts["at most 1.8 times the baseline"].in_words == "met"


def test_processor_time_stands_beside_the_verdict_and_decides_nothing(run):
    run["targets"]["console"]["1m"]["W3"] |= {"cpu_web": 2.0, "cpu_pg": 1.0}
    run["targets"]["baseline"]["1m"]["W3"] |= {"cpu_web": 0.5, "cpu_pg": 0.5}

    verdicts = {(one.goal.work, one.goal.words): one for one in judged(run)}
    of_baseline = verdicts["W3", "at most 1.8 times the baseline"]

    assert (of_baseline.is_met, of_baseline.measured, of_baseline.by_cpu) == (True, 1.0, 3.0)
    assert verdicts["W1", "at most 2 times the baseline"].by_cpu is None


def test_of_several_passes_the_better_times_and_the_greater_memory_stay():
    first = {"W3": {"p50": 2.0}, "W4": {"p50": 5.0}, "cold_s": 0.6, "memory": {"rss_mib": 70}}
    second = {"W3": {"p50": 3.0}, "W4": {"p50": 4.0}, "cold_s": 0.5, "memory": {"rss_mib": 72}}

    assert best([first, second]) == {
        "W3": {"p50": 2.0},
        "W4": {"p50": 4.0},
        "cold_s": 0.5,
        "memory": {"rss_mib": 72},
    }
