"""Guards of the code, each taken away in turn: is there a test that notices?

``python -m tools.trust guards`` copies the project and gives each guard in the copy a switch. Tests
run there once; each that has reached a guard is repeated without it, until one fails. What counts
when the console is set up only, declarations of access and registrations, takes a process of tests
each. A guard whose removal no test notices is printed; the exit code is 1 then. ``--kind`` and
``--only`` choose some of them, ``--list`` prints them.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import compress
from pathlib import Path

from tests.support import servers
from tools.trust.finding_guards import KINDS, Guard, find
from tools.trust.guard_switch import WITHOUT

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "instance", "*.db")
SWITCH = Path("tools/trust/guard_switch.py")
# A guard that many tests reach is tried with the first of them, and then with all.
FEW, ALL = 10, 1_000_000
ON_FILES = "not postgresql and not mysql"
# Only servers have locks that a statement asks for; a file is locked as a whole.
ON_SERVERS = "postgresql or mysql"
# The quick ones first: what they notice is not tried with others.
TESTS = (
    *("domain", "config", "database", "models", "migrations", "test_unit_of_work.py"),
    *("house/test_urls.py", "cli", "api", "web"),
)
# What only servers answer, and what other programs do meanwhile.
SERVED = ("races", "database", "config", "test_unit_of_work.py", "cli", "domain", "migrations")
LOCKED = ("races/test_row_locks.py", "domain/access/test_locks.py")
RACES = ("races", "test_unit_of_work.py", "domain", "web", "cli", "api")
# Who has no role or has not signed in notices most declarations of access.
OUTSIDERS = f"({ON_FILES}) and (role or out or recent)"
ACCESS = ((OUTSIDERS, "web/test_authorization.py"), (ON_FILES, "web"))
ACCESS_OF_API = (("url", "house/test_interfaces.py"), (ON_FILES, "api"))
REGISTRATIONS = ((ON_FILES, "web/test_security.py"), (ON_FILES, "web"), (ON_FILES, "house"))
LOCKS = tuple((ON_SERVERS, place) for place in (*LOCKED, *RACES))
# Guards that no test can notice; docs/reliability.md says why.
UNNOTICEABLE = ("The value could not be decrypted again.",)
# Files that tell the plugin of the tests, taking_away.py, what to take away.
PENDING, NOTICED, MOST = "PENDING_GUARDS", "NOTICED_GUARDS", "MOST_TESTS"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-o", "timeout_func_only=true")
# Guesses and races reach nearly everything, and notice little that others do not.
MARKED, QUICK = "not browser", "not browser and not slow"
PASSED, NO_TESTS = 0, 5
SECONDS = 120
Numbered = dict[int, Guard]


def main(arguments: list[str]) -> None:
    """Take guards away as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tools.trust guards", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only guards of this kind")
    parser.add_argument("--only", default="", help="only guards whose file or line contains this")
    parser.add_argument("--list", action="store_true", help="print the guards")
    given = parser.parse_args(arguments)
    kinds = given.kind or KINDS
    everything = dict(enumerate(find(ROOT)))
    guards = {
        number: guard
        for number, guard in everything.items()
        if guard.kind in kinds and given.only in str(guard) and not _is_unnoticeable(guard)
    }
    if given.list:
        print(*guards.values(), sep="\n")
        return
    with tempfile.TemporaryDirectory(prefix="console-guards-") as folder:
        has_locks = any(guard.kind == "lock" for guard in guards.values())
        with _running(servers.NAMES if has_locks else ()) as environ:
            # A guard that counts at set-up is away in one process, another in all of a copy.
            copies = [_Copy(Path(folder) / name, everything, environ) for name in ("one", "all")]
            survivors = _survivors(guards, *copies)
    print(f"{len(guards)} guards taken away, {len(guards) - len(survivors)} of them noticed.")
    print(*(f"NOT NOTICED: {guard}" for guard in survivors.values()), sep="\n")
    sys.exit(1 if survivors else 0)


@contextmanager
def _running(names: tuple[str, ...]) -> Iterator[dict[str, str]]:
    running = [servers.find(name) for name in names]
    try:
        yield {servers.VARIABLES[server.name]: server.url for server in running}
    finally:
        for server in running:
            server.stop()


def _survivors(guards: Numbered, for_declared: "_Copy", for_reached: "_Copy") -> Numbered:
    """Take guards away; return those whose absence no test notices."""
    declared = [number for number, guard in guards.items() if guard.is_declared]
    reached = guards.keys() - set(declared)
    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        others = at_once.submit(for_reached.unnoticed_of_reached, reached, guards)
        survive = at_once.map(lambda number: for_declared.survives(number, guards), declared)
        left = {*compress(declared, survive), *others.result()}
    return {number: guards[number] for number in sorted(left)}


class _Copy:
    """A copy of the project whose guards have switches."""

    def __init__(self, copy: Path, guards: Numbered, environ: dict[str, str]) -> None:
        self._copy = copy
        always = {"PYTHONDONTWRITEBYTECODE": "1", "EVERYWHERE": "1"}
        self._environ = os.environ | environ | always
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        shutil.copy(ROOT / SWITCH, copy / "app")
        _give_switches(copy, guards)

    def unnoticed_of_reached(self, numbers: set[int], guards: Numbered) -> set[int]:
        """Take guards away in the tests that reach them; return those that none notices."""
        locks = {number for number in numbers if guards[number].kind == "lock"}
        left = numbers - locks
        for most in (FEW, ALL):
            left = self._unnoticed(left, TESTS, ON_FILES, most, QUICK)
        left = self._unnoticed(left, SERVED, ON_SERVERS, ALL)
        for places in (LOCKED, RACES):
            locks = self._unnoticed(locks, places, ON_SERVERS, ALL)
        return left | locks

    def _unnoticed(
        self,
        numbers: set[int],
        folders: tuple[str, ...],
        where: str,
        most: int,
        marked: str = MARKED,
    ) -> set[int]:
        if not numbers:
            return set()
        pending, noticed = self._copy / "pending.json", self._copy / "noticed.txt"
        pending.write_text(json.dumps(sorted(numbers)), encoding="utf-8")
        noticed.write_text("", encoding="utf-8")
        environ = {PENDING: str(pending), NOTICED: str(noticed), MOST: str(most)}
        options = ["-p", "tools.trust.taking_away", "-k", where, "-m", marked]
        self._pytest(options, folders, environ)
        lines = noticed.read_text(encoding="utf-8").splitlines()
        return numbers - {int(line.partition(" ")[0]) for line in lines}

    def survives(self, number: int, guards: Numbered) -> bool:
        """Take away a guard that counts at set-up; tell whether all tests pass without it."""
        environ = {WITHOUT: str(number)}
        survives = all(
            self._pytest(["-x", "-k", where, "-m", MARKED], [place], environ) in {PASSED, NO_TESTS}
            for where, place in _tests_of(guards[number])
        )
        print(f"{'NOT NOTICED' if survives else 'noticed'}: {guards[number]}", file=sys.stderr)
        return survives

    def _pytest(self, options: list[str], places: Iterable[str], environ: dict[str, str]) -> int:
        command = [sys.executable, "-m", "pytest", *OPTIONS, "--timeout", str(SECONDS), *options]
        return subprocess.run(
            [*command, *(f"tests/{place}" for place in places)],
            cwd=self._copy,
            env=self._environ | environ,
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode


def _is_unnoticeable(guard: Guard) -> bool:
    return any(words in guard.words for words in UNNOTICEABLE)


def _tests_of(guard: Guard) -> Iterable[tuple[str, str]]:
    """Return the tests that may notice what is declared, the likeliest first."""
    if guard.kind == "lock":
        return LOCKS
    if guard.kind == "access":
        return ACCESS_OF_API if "/api/" in guard.path else ACCESS
    named = " or ".join(set(re.findall("[a-z]+", guard.words)) - {"app", "register"})
    return (f"({ON_FILES}) and ({named})", "web"), *REGISTRATIONS


def _give_switches(copy: Path, guards: Numbered) -> None:
    # From the end of each file to its beginning: the places before stay as they are.
    for number, guard in sorted(guards.items(), key=lambda one: one[1].place, reverse=True):
        file = copy / guard.path
        file.write_bytes(guard.with_switch(file.read_bytes(), number))
