"""An upgrade that was cut short, at any statement or by a signal, is completed by the next one."""

import random
import signal
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from tests.migrations.operating import START

STRIDE = 9
READING = ("SELECT", "PRAGMA", "SHOW", "DESCRIBE")


class Interruption(Exception):
    """The process ends here."""


class Sweep:
    """Ends every run at the first statement or commit that no run has come to before.

    Statements that only read are passed over: to end there is to end at the next that writes.
    On MySQL, which keeps what was done, each run goes on where the one before was cut short, and
    the run that ends nowhere has come through every interruption. The others undo an upgrade as a
    whole, and begin anew: there, runs end at one statement in ``STRIDE``, and leave no trace.
    """

    def __init__(self, database):
        self.survived = set()
        self._stride = 1 if database == "mysql" else STRIDE
        self._last = ""

    @contextmanager
    def watched(self):
        listeners = {"before_cursor_execute": self._executing, "commit": self._committing}
        for name, listener in listeners.items():
            event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners.items():
                event.remove(Engine, name, listener)

    def _executing(self, _connection, _cursor, statement, parameters, _context, _is_many):
        if not statement.lstrip().startswith(READING):
            self._last = f"{statement} {parameters}"
            self._end_once(self._last)

    def _committing(self, _connection):
        self._end_once(f"commit after {self._last}")

    def _end_once(self, moment):
        if moment not in self.survived:
            self.survived.add(moment)
            if len(self.survived) % self._stride == 0:
                raise Interruption


def test_an_upgrade_that_ended_at_any_statement_is_completed_by_the_next(operator):
    survived = _run_until_through(operator, "upgrade")

    assert survived > 40
    _assert_complete(operator)


def test_a_downgrade_that_ended_at_any_statement_is_completed_by_the_next(operator):
    operator.succeed("upgrade")

    assert _run_until_through(operator, "downgrade", "base") > 20

    assert operator.tables() == {"alembic_version"}
    operator.succeed("upgrade")
    _assert_complete(operator)


def test_an_upgrade_that_was_killed_is_completed_by_the_next(operator):
    with operator.start("-c", START, "upgrade") as process:
        assert process.stdout.readline() == "ready\n"
        print("go", file=process.stdin, flush=True)
        for _ in range(random.SystemRandom().randint(1, 5)):
            process.stderr.readline()  # "Running upgrade ..."
        process.kill()
    assert process.returncode in {-signal.SIGKILL, 0}  # it may have been too fast to be killed

    operator.succeed("upgrade")
    _assert_complete(operator)


def test_two_upgrades_at_the_same_moment_both_succeed(operator):
    said = operator.upgrade_twice_at_once()

    assert sorted(text.count("Running upgrade") for text in said) == [0, 19]
    _assert_complete(operator)


@pytest.mark.only_on("mysql")
def test_a_table_left_behind_by_an_upgrade_is_told_from_a_table_of_somebody_else(operator):
    operator.succeed("upgrade", "001")
    operator.execute("DELETE FROM alembic_version")

    said = operator.refused("upgrade")
    assert said.startswith("There is already a table application_settings that is not the console")
    assert operator.ask("SELECT count(*) > 0 FROM application_settings") == [(1,)]

    operator.execute("DELETE FROM application_settings")
    operator.succeed("upgrade")
    operator.succeed("check")


@pytest.mark.only_on("mysql")
def test_a_server_whose_row_format_is_compact_takes_the_tables(operator):
    operator.execute("SET GLOBAL innodb_default_row_format = compact")
    try:
        operator.succeed("upgrade", "001")
        # What a version that relied on the default had left behind.
        operator.execute(
            "DROP INDEX ix_application_settings_key ON application_settings",
            "DROP INDEX ix_application_settings_category ON application_settings",
            "ALTER TABLE application_settings ROW_FORMAT = COMPACT",
            "DELETE FROM application_settings",
            "DELETE FROM alembic_version",
        )
        operator.succeed("upgrade")
    finally:
        operator.execute("SET GLOBAL innodb_default_row_format = dynamic")

    operator.succeed("check")
    formats = operator.ask(
        "SELECT DISTINCT row_format FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name <> 'alembic_version'"
    )
    assert formats == [("Dynamic",)]


def _run_until_through(operator, *words):
    sweep = Sweep(operator.database)
    before = operator.tables()
    with sweep.watched():
        while _is_interrupted(result := operator.run(*words)):
            assert operator.database == "mysql" or operator.tables() == before
    assert result.exit_code == 0, result.exception
    return len(sweep.survived)


def _is_interrupted(result):
    # Within a revision it is told like any other error in its file.
    return isinstance(result.exception, Interruption) or "Interruption" in result.stderr


def _assert_complete(operator):
    rows, schema = operator.rows(), operator.schema()
    operator.succeed("check")
    operator.succeed("downgrade", "base")
    operator.succeed("upgrade")
    assert rows == operator.rows()
    assert schema == operator.schema()
