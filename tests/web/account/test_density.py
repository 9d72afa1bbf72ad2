"""The page to choose the density of lists."""

import pytest

from tests.support.cookies import cookie


def test_compact_lists_are_kept_in_this_browser(sign_in, vera):
    browser = sign_in(vera)
    page = browser.get("/account/density?next=/users")

    answer = page.submit(to="/account/density", density="compact")

    assert answer.location == "/users"
    assert 'data-density="compact"' in browser.get("/users").html
    browser.post("/account/density", density="comfortable")
    assert "data-density" not in browser.get("/users").html


@pytest.mark.parametrize("density", ["", "tiny", "compact\0"])
def test_another_density_is_refused(sign_in, vera, density):
    assert sign_in(vera).post("/account/density", density=density).status_code == 422


def test_a_cookie_with_another_density_is_ignored(visitor):
    visitor.client.set_cookie(cookie("density"), '"><script>')

    assert "data-density" not in visitor.get("/login").html
