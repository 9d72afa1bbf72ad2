"""The house's rules about templates hold, and each of these tests can fail."""

import pytest

from tests.house.reading import name_of, templates
from tests.house.template_rules import RULES

MOST_LINES = 70
PARTS = {"components", "layouts"}


@pytest.mark.parametrize("name", RULES)
def test_the_rule_is_kept(name):
    broken = [
        f"{name_of(path)}: {what}"
        for path in templates()
        for what in RULES[name].offences(path.read_text(encoding="utf-8"))
    ]

    assert broken == []


@pytest.mark.parametrize("name", RULES)
def test_breaking_the_rule_is_noticed(name):
    rule = RULES[name]

    assert list(rule.offences(rule.bad))
    assert not list(rule.offences(rule.good))


def test_pages_stay_short():
    pages = [path for path in templates() if path.parent.name not in PARTS]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in pages}

    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
