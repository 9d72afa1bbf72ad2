"""What `make trust OPTIONS=guards` takes away: guards of each kind are found, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.trust import finding_guards
from tools.trust.guards import MOST, NOTICED, PENDING

TESTS = """
import subprocess
import sys
from app.guard_switch import refuses, stands

def test_that_starts_a_program():
    told = "from app.guard_switch import stands; assert stands(3)"
    subprocess.run([sys.executable, "-c", told], check=True, env={})

def test_that_reaches_and_does_not_look():
    stands(1), stands(2)

def test_that_is_not_refused():
    refuses(4, lambda: True)

def test_that_is_refused():
    try:
        refuses(4, lambda: 1 / 0)
    except ZeroDivisionError:
        return
    assert False

def test_that_notices():
    assert stands(1)
"""

STANDS = "__import__('app.guard_switch', fromlist=['stands']).stands(7)"
REFUSES = "__import__('app.guard_switch', fromlist=['stands']).refuses(7, lambda:"
ACCESS = "__import__('app.web.access', fromlist=['access'])."
FILES = {
    "web/roles/edit.py": (
        "@requires(read=A, change=B)\n@sensitive\ndef edit(): pass\n",
        [
            (
                "@requires(read=A, change=B)",
                f"@(requires(read=A, change=B) if {STANDS} else {ACCESS}signed_in)",
                True,
            ),
            ("@sensitive", f"@(sensitive if {STANDS} else (lambda view: view))", True),
        ],
    ),
    "web/sections.py": (
        "def add(app):\n    csrf.init_app(app)\n",
        [("csrf.init_app(app)", f"if {STANDS}: csrf.init_app(app)", True)],
    ),
    "domain/locks.py": (
        "q = ask().with_for_update()\ndef a():\n    lock(session)\n    get(with_for_update=True)\n",
        [
            ("ask().with_for_update()", f"(ask().with_for_update() if {STANDS} else ask())", True),
            ("    lock(session)", f"    if {STANDS}: lock(session)", False),
            ("=True", f"=(True if {STANDS} else False)", False),
        ],
    ),
    "web/widgets.py": (
        "def put(é):\n    return escape(é)\n",
        [("escape(é)", f"(escape if {STANDS} else str)(é)", False)],
    ),
    "domain/names.py": (
        "def hold():\n    raise InvalidValue('Type one.')\nraise AssertionError('never')\n",
        [("raise Inv", f"if {STANDS}: raise Inv", False)],
    ),
    "api/users.py": (
        "@endpoint('GET', ONE, read=A, needs=(B,))\ndef show(): pass\nD = {'needs': (C,)}\n",
        [
            ("read=A", f"read=(A if {STANDS} else None)", True),
            ("needs=(B,)", f"needs=((B,) if {STANDS} else ())", True),
            ("(C,)", f"((C,) if {STANDS} else ())", True),
        ],
    ),
    "web/readiness.py": (
        "def show():\n    demand()\n    demand_all()\n    holds(a)\n    ok = check(a)\n",
        [
            ("demand()", f"{REFUSES} demand())", False),
            ("demand_all()", f"{REFUSES} demand_all())", False),
        ],
    ),
    "domain/plain.py": ("text = re.escape(text)\n", []),
}


@pytest.mark.parametrize("path", FILES)
def test_each_guard_is_found_and_given_a_switch(tmp_path, path):
    source, expected = FILES[path]
    file = tmp_path / "app" / path
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")

    found = {
        (guard.with_switch(file.read_bytes(), 7).decode(), guard.is_declared)
        for guard in finding_guards.find(tmp_path)
    }

    assert found == {
        (source.replace(guard, switched), is_declared) for guard, switched, is_declared in expected
    }


def test_a_test_is_repeated_without_each_guard_that_it_reaches(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    shutil.copy("tools/trust/guard_switch.py", tmp_path / "app")
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    pending, noticed = tmp_path / "pending.json", tmp_path / "noticed.txt"
    pending.write_text("[1, 2, 3, 4, 5]", encoding="utf-8")
    environ = {PENDING: str(pending), NOTICED: str(noticed), MOST: "5"}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tools.trust.taking_away", "test_it.py"],
        cwd=tmp_path,
        env=os.environ | environ | {"PYTHONPATH": f"{tmp_path}:{Path.cwd()}"},
        capture_output=True,
        check=False,
    )

    assert noticed.read_text(encoding="utf-8").splitlines() == [
        "3 test_it.py::test_that_starts_a_program",
        "4 test_it.py::test_that_is_refused",
        "1 test_it.py::test_that_notices",
    ], done
