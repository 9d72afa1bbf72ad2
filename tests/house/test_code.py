"""The house's rules about code hold, and each of these tests can fail."""

import ast
import re
import tomllib

import pytest

from tests.house.code_rules import IGNORE, NOQA, RULES
from tests.house.reading import ROOT, code, name_of, written_files
from tools import measure_style

# In two pieces, so that this file does not break its own rule.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")


@pytest.mark.parametrize("name", RULES)
def test_the_rule_is_kept(name):
    rule = RULES[name]
    broken = [
        f"{name_of(path)}:{line}: {what}"
        for path in code(*rule.folders)
        if name_of(path) not in rule.exempt
        for line, what in rule.offences(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert broken == []


@pytest.mark.parametrize("name", RULES)
def test_breaking_the_rule_is_noticed(name):
    rule = RULES[name]

    assert list(rule.offences(ast.parse(rule.bad)))
    assert not list(rule.offences(ast.parse(rule.good)))


@pytest.mark.parametrize("pattern", [NOQA, IGNORE], ids=["noqa", "type: ignore"])
def test_nothing_is_silenced_without_code_and_reason(pattern):
    files = code("app", "migrations", "tests", "tools", "bench", "wsgi.py", "migrate.py")

    assert [found for path in files for found in _lines(path, pattern)] == []


def test_silence_without_reason_is_noticed():
    assert NOQA.search("import os  # " + "noqa")
    assert NOQA.search("import os  # " + "noqa: F401")
    assert not NOQA.search("import os  # " + "noqa: F401 - whether it is there is the question")
    assert IGNORE.search("f()  # " + "type: ignore")
    assert not IGNORE.search("f()  # " + "type: ignore[misc]")


def test_few_checks_are_silenced_and_each_for_a_reason_of_its_own():
    lines = list(measure_style.silenced())
    reasons = [line.partition("noqa: ")[2].partition(" - ")[2] for line in lines]

    assert len(lines) <= 15
    assert len(set(filter(None, reasons))) == len(list(filter(None, reasons)))


def test_no_two_classes_have_one_name():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in code("app")]
    names = [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]

    assert sorted({name for name in names if names.count(name) > 1 and name[0] != "_"}) == []


def test_nothing_is_left_for_later():
    assert [found for path in written_files() for found in _lines(path, UNFINISHED)] == []


def test_a_note_for_later_is_noticed():
    assert UNFINISHED.search("# TO" + "DO: later")


def test_every_section_is_held_to_be_independent():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    held = {name for one in contracts if one["type"] == "independence" for name in one["modules"]}
    packages = [path.parent for path in code("app/web") if path.name == "__init__.py"]
    names = {package.name for package in packages if package.parent.name == "web"}
    sections = names - {"session", "files", "events", "tokens"}  # what the sections share

    assert held == {f"app.web.{section}" for section in sections}


def test_no_module_is_named_for_nothing():
    vague = {"utils", "helpers", "services", "common", "misc"}

    assert [name_of(path) for path in code("app") if {path.stem, path.parent.name} & vague] == []


def _lines(path, pattern):
    text = path.read_text(encoding="utf-8")
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
