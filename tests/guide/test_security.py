"""The table of security requirements: what it names exists."""

import re

import pytest

from tests.house.reading import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`([a-z_/]*test_[a-z_/]+\.py)(?:::(\w+))?`", TABLE)))


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_the_tests_of_the_requirements_exist(file, name):
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")

    assert f"def {name}(" in text if name else "def test_" in text


def test_every_requirement_has_its_row():
    assert re.findall(r"^\| \*\*A(\d+) ", TABLE, re.MULTILINE) == [str(n) for n in range(1, 17)]
