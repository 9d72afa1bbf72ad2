"""``make trust`` in small: killed saves, writers at the same time, a week of changes."""

import pytest

from bench import audit_log
from tools.trust import killing, large, reading, sequences, week, writing


@pytest.fixture
def empty(all_databases, database_name):
    """A database without tables, dropped afterwards."""
    database = all_databases.make(database_name)
    yield database
    all_databases.drop(database)


def test_a_killed_save_is_there_as_a_whole_or_not_at_all(empty):
    outcome = killing.trial(empty, kills=5)

    assert outcome.is_kept, outcome.result


def test_writers_make_one_chain_and_meet_no_error(empty):
    outcome = writing.trial(empty, writers=8, saves=5)

    assert outcome.is_kept, outcome.result


@pytest.mark.only_on("sqlite")
def test_every_moment_of_some_days_is_told_and_restored(empty):
    assert [outcome.is_kept for outcome in week.trials(empty, changes=40)] == [True, True, True]


@pytest.mark.only_on("sqlite")
def test_nobody_gains_beyond_whoever_asks(empty):
    outcome = sequences.trial(empty, sequences=20)

    assert outcome.is_kept, outcome.result


@pytest.mark.only_on("sqlite")
def test_a_reader_sees_each_change_in_time(empty):
    seen, _ = reading.trials(empty, changes=20)

    assert seen.is_kept, seen.result


@pytest.mark.only_on("sqlite")
def test_a_record_is_verified_and_exported(all_databases, database_name, monkeypatch):
    monkeypatch.setattr(audit_log, "ROUNDS", 1)
    _pages, verified, exported = large.trials(all_databases, database_name, events=2_000)

    assert verified.trial.startswith("verification of 2,000 events")
    assert exported.is_kept, exported.result
