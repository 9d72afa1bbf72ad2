"""One version: in the package and in the changelog, and in no answer of the console."""

import re

from app import __version__
from tests.house.reading import ROOT

PUBLIC = ("/login", "/healthz", "/readyz", "/nowhere", "/api/v1/openapi.json", "/api/v1/docs")


def test_no_answer_tells_visitors_or_users_the_version(visitor, sign_in, ada):
    browser = sign_in(ada)
    pages = [browser.get(path) for path in ("/", "/settings", "/api/v1/docs", "/nowhere")]
    answers = [visitor.get(path) for path in PUBLIC] + pages

    for answer in answers:
        told = f"{answer.response.headers} {answer.html}"
        assert not re.search(rf"(?<![\d.]){re.escape(__version__)}(?![\d.])", told), answer.path


def test_the_changelog_has_a_section_for_the_version_and_one_for_what_follows():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", headings[1])
