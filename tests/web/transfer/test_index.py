"""The page that leads to export and import."""

import re

import pytest


def test_the_page_leads_on(sign_in, ada):
    browser = sign_in(ada)

    page = browser.get("/transfer")

    assert browser.get(page.link("Export…")).status_code == 200


@pytest.mark.parametrize("path", ["/transfer", "/transfer/import", "/transfer/users"])
def test_the_navigation_says_that_it_is_a_part_of_the_settings(sign_in, ada, path):
    page = sign_in(ada).get(path)

    assert re.search(r'href="/settings"\s+aria-current="page"', page.html)
