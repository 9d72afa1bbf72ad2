"""A page is a file: the last word of its URL names endpoint, module, template and test."""

import pytest

from app import create_app
from tests.house.reading import ROOT

# Two pages that are one question, asked both ways; and what is no page.
MODULES = {"users.activate": "activation", "users.deactivate": "activation"}
# A word of the language cannot name a module.
MODULES["transfer.import"] = "importing"
NO_PAGES = ("health.", "api.", "well_known.")
# A part of the account's page, and pages that another one's template draws.
WITHOUT_TEMPLATE = {
    *("metrics.index", "account.sessions", "users.activate", "users.deactivate"),
}


def pages():
    console = create_app({})
    endpoints = {rule.endpoint for rule in console.url_map.iter_rules()}
    return sorted(name for name in endpoints if "." in name and not name.startswith(NO_PAGES))


def file_of(endpoint):
    section, _, page = endpoint.partition(".")
    return section, MODULES.get(endpoint, page)


@pytest.mark.parametrize("endpoint", pages())
def test_a_page_has_its_module_its_template_and_its_test(endpoint):
    section, page = file_of(endpoint)
    files = [f"app/web/{section}/{page}.py", f"tests/web/{section}/test_{page}.py"]
    if endpoint not in WITHOUT_TEMPLATE:
        files.append(f"templates/{section}/{page}.html")

    assert [path for path in files if not (ROOT / path).is_file()] == []


def test_the_last_word_of_a_url_is_the_name_of_its_page():
    console, known = create_app({}), set(pages())
    other = {}
    for rule in console.url_map.iter_rules():
        path = rule.rule.replace("-", "_")
        words = [word for word in path.split("/") if word and not word.startswith("<")]
        page = rule.endpoint.partition(".")[2]
        if rule.endpoint in known and words and page not in {words[-1], "index", "show"}:
            other[rule.endpoint] = rule.rule

    assert other == {}


def test_a_page_without_a_file_is_noticed():
    section, page = file_of("users.elsewhere")

    assert not (ROOT / "app" / "web" / section / f"{page}.py").exists()
