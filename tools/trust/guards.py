"""Guards of the code, each taken away in turn: is there a test that notices?

``python -m tools.trust guards`` copies the project and, for one guard after the other, takes it out
of the copy and runs the tests that are nearest to it, then those around them. A guard whose removal
no test notices is printed; the exit code is 1 then. ``--kind`` and ``--only`` choose some of them,
``--list`` prints them.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support import servers
from tools.trust.finding_guards import KINDS, Guard, find

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "instance", "*.db")
TESTS_FAILED, NO_TESTS = 1, 5
SECONDS = 600
# Only servers have locks that a statement asks for; a file is locked as a whole.
ON_SERVERS = ["-k", "postgresql or mysql"]
ON_FILES = ["-k", "not postgresql and not mysql", "-m", "not browser"]


def main(arguments: list[str]) -> None:
    """Take guards away as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tools.trust guards", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only guards of this kind")
    parser.add_argument("--only", default="", help="only guards whose file or line contains this")
    parser.add_argument("--list", action="store_true", help="print the guards")
    given = parser.parse_args(arguments)
    guards = [
        guard
        for guard in find(ROOT)
        if guard.kind in (given.kind or KINDS) and given.only in str(guard)
    ]
    if given.list:
        print(*guards, sep="\n")
        return
    survivors = [guard for guard, is_caught in _tried(guards) if not is_caught]
    print(f"{len(guards)} guards taken away, {len(guards) - len(survivors)} of them noticed.")
    print(*(f"NOT NOTICED: {guard}" for guard in survivors), sep="\n")
    sys.exit(1 if survivors else 0)


def _tried(guards: list[Guard]) -> Iterator[tuple[Guard, bool]]:
    with tempfile.TemporaryDirectory(prefix="console-guards-") as folder:
        copy = Path(folder) / "console"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        running = [servers.find(name) for name in _needed(guards)]
        environ = {servers.VARIABLES[server.name]: server.url for server in running}
        try:
            for number, guard in enumerate(guards, 1):
                is_caught = _is_caught(copy, guard, environ)
                verdict = "noticed" if is_caught else "NOT NOTICED"
                print(f"{number}/{len(guards)} {verdict}: {guard}", file=sys.stderr, flush=True)
                yield guard, is_caught
        finally:
            for server in running:
                server.stop()


def _needed(guards: list[Guard]) -> tuple[str, ...]:
    return servers.NAMES if any(guard.is_lock for guard in guards) else ()


def _is_caught(copy: Path, guard: Guard, environ: dict[str, str]) -> bool:
    file = copy / guard.path
    whole = file.read_bytes()
    file.write_bytes(guard.without(whole))
    try:
        return any(_fails(copy, guard, tests, environ) for tests in _nearest(copy, guard))
    finally:
        file.write_bytes(whole)


def _nearest(copy: Path, guard: Guard) -> Iterator[list[str]]:
    """Yield the tests that may notice, the nearest first: its file, its folder, the others."""
    _, *folders, name = Path(guard.path).with_suffix("").parts
    mirrored = Path("tests", *folders, f"test_{name}.py")
    subject = folders[-1] if folders else ""
    wider = [Path("tests/web", subject), Path("tests/cli"), Path("tests/races"), Path("tests/web")]
    around = [Path("tests", *folders), *wider]
    if guard.kind == "access":
        around = [Path("tests/web/test_authorization.py")]
    elif guard.is_lock:
        around = [Path("tests/races"), Path("tests/test_unit_of_work.py"), *around]
    seen: set[Path] = set()
    for path in (mirrored, *around):
        if path not in seen and (copy / path).exists():
            seen.add(path)
            yield [str(path)]


def _fails(copy: Path, guard: Guard, tests: list[str], environ: dict[str, str]) -> bool:
    where = ON_SERVERS if guard.is_lock else ON_FILES
    options = ["-x", "-q", "-p", "no:cacheprovider", "--timeout", str(SECONDS)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *where, *tests],
            cwd=copy,
            env=os.environ | environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in {0, NO_TESTS}
