"""One version: in the package, on every page, in the health check and in the changelog."""

import re

from app import __version__
from tests.house.reading import ROOT


def test_the_footer_of_every_page_names_the_version(sign_in, omar):
    page = sign_in(omar).get("/account")

    assert f'<footer class="footer" title="RAG Fortress Console {__version__}">' in page.html


def test_the_health_check_names_the_version(visitor):
    assert visitor.get("/healthz").response.json == {"status": "ok", "version": __version__}


def test_the_changelog_has_a_section_for_the_version_and_one_for_what_follows():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", headings[1])
