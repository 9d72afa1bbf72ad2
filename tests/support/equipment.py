"""The equipment of a run: databases, missing programs, and the tests run on each database."""

import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from zlib import crc32

import pytest

from tests.support import chromium, servers

EVERYWHERE = ("sqlite", *servers.NAMES)
PROGRAMS = ("nginx", "pgbouncer")
PARTS = (*servers.NAMES, "browser", *PROGRAMS)
Value = TypeVar("Value")


@dataclass
class Equipment:
    """The servers of this run, started when they are first asked for, and shared by its workers."""

    running: dict[str, servers.Server] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def servers(self) -> Mapping[str, servers.Server]:
        """Return the servers that there are."""
        for name in servers.NAMES:
            if name not in self.running and name not in self.absent:
                self._find(name)
        return self.running

    def names(self) -> list[str]:
        """Return the databases that there are."""
        return [name for name in EVERYWHERE if name == "sqlite" or name in self.servers()]

    def missing(self) -> dict[str, str]:
        """Return what there is not, and why, as far as anybody has asked."""
        browser = chromium.absence()
        programs = {name: "it is not installed" for name in PROGRAMS if program(name) is None}
        return self.absent | ({"browser": browser} if browser else {}) | programs

    def insist(self) -> None:
        """Refuse to run without what REQUIRE or the variable of a database names."""
        words = os.environ.get("REQUIRE", "").replace(",", " ").split()
        unknown = sorted(set(words) - set(PARTS))
        if unknown:
            raise pytest.UsageError(f"REQUIRE takes {', '.join(PARTS)}, not {', '.join(unknown)}.")
        words += [name for name in servers.NAMES if os.environ.get(servers.VARIABLES[name])]
        if set(words) & set(servers.NAMES):
            self.servers()
        lacking = [f"{name}: {why}." for name, why in self.missing().items() if name in words]
        if lacking:
            self.stop()
            raise pytest.UsageError("What was asked for is not here. " + " ".join(lacking))

    def stop(self) -> None:
        """Stop the servers that were started."""
        for server in self.running.values():
            server.stop()

    def _find(self, name: str) -> None:
        try:
            self.running[name] = servers.find(name)
        except servers.Unavailable as absence:
            self.absent[name] = str(absence)


def program(name: str) -> str | None:
    """Return the path of a program of the operating system, also of one for administrators."""
    return shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


def takes_turns() -> bool:
    """Tell whether a test runs on one of the databases, and its neighbours on the others."""
    return not os.environ.get("EVERYWHERE")


def in_turn(values: Sequence[Value], name: str) -> Sequence[Value]:
    """Return the one value whose turn it is: for one name always the same.

    Where nothing takes turns, all values are returned.
    """
    return [values[crc32(name.encode()) % len(values)]] if takes_turns() and values else values


class Tally:
    """A plugin: says at the end what ran on each database, what did not, and what was measured."""

    def __init__(self, config: pytest.Config, equipment: Equipment) -> None:
        self._config = config
        self._equipment = equipment
        self._ran: Counter[str] = Counter()
        self._took_turns: Counter[str] = Counter()
        self._figures: list[str] = []
        self._is_unequal = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and (report.outcome != "skipped" or hasattr(report, "wasxfail")):
            self._ran.update(name for key, name in report.user_properties if key == "database")
            self._took_turns.update(name for key, name in report.user_properties if key == "turn")
            self._figures += [text for key, text in report.user_properties if key == "figure"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._is_unequal = self._is_whole(session) and len(set(self._counts())) > 1
        if session.exitstatus == pytest.ExitCode.OK and self._is_unequal:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for figure in sorted(self._figures):
            terminalreporter.write_line(figure)
        if counts := self._ran + self._took_turns:
            ran = ", ".join(f"{name} {counts[name]}" for name in EVERYWHERE if counts[name])
            terminalreporter.write_line(f"Tests per database: {ran}")
        if self._is_unequal:
            terminalreporter.write_line(
                "Not the same number of tests ran on each database: "
                "mark those that are for one only with only_on.",
                red=True,
            )
        for name, why in self._equipment.missing().items():
            terminalreporter.write_line(f"NOT RUN: {name}: {why}.", yellow=True, bold=True)

    def _is_whole(self, session: pytest.Session) -> bool:
        # A run of chosen tests, or one that was stopped, says nothing about the others.
        chosen = any(self._config.getoption(name, None) for name in ("keyword", "markexpr", "lf"))
        chosen = chosen or any("::" in word for word in self._config.args)
        return not (chosen or session.shouldstop or session.shouldfail)

    def _counts(self) -> list[int]:
        return [self._ran[name] for name in self._equipment.names()] if self._ran else []
