"""The page that leads to export and import."""

import pytest

pytestmark = pytest.mark.only_on("sqlite")


def test_the_page_leads_on(sign_in, ada):
    browser = sign_in(ada)

    page = browser.get("/transfer")

    assert browser.get(page.link("Export…")).status_code == 200
