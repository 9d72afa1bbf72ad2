"""What the code imports is what the requirements name."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.house.reading import ROOT, code

OWN = {"app", "bench", "migrations", "settings_reader", "tests", "tools", "wsgi"}
NAME = re.compile(r"^([a-z0-9][a-z0-9-]*)", re.MULTILINE)


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("app", "migrations", "tools", "wsgi.py", "migrate.py"), ("requirements.txt",)),
        (("tests",), ("requirements.txt", "requirements-dev.txt")),
    ],
    ids=["what runs", "tests"],
)
def test_every_imported_package_is_required(folders, files):
    required = {name for file in files for name in NAME.findall((ROOT / file).read_text())}
    owners = packages_distributions()
    packages = {name for path in code(*folders) for name in _imported(path)}
    packages -= OWN | sys.stdlib_module_names
    distributions = {
        name: {owner.lower().replace("_", "-") for owner in owners.get(name, [name])}
        for name in packages
    }

    assert {name for name, owned in distributions.items() if not owned & required} == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_every_requirement(name):
    required = set(NAME.findall((ROOT / f"{name}.txt").read_text()))
    locked = set(NAME.findall((ROOT / f"{name}.lock").read_text()))

    assert required - locked == set()


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]
