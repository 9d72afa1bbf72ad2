"""The page to choose a theme."""

import pytest

from tests.support.cookies import cookie


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_kept_in_this_browser(sign_in, vera, theme):
    browser = sign_in(vera)

    answer = browser.post("/account/theme", theme=theme, next="/account")

    assert answer.location == "/account"
    assert f'data-theme="{theme}"' in answer.follow().html
    kept = browser.client.get_cookie(cookie("theme"))
    assert (kept.value, kept.http_only, kept.same_site) == (theme, True, "Lax")


def test_the_theme_of_the_system_sets_none(sign_in, vera):
    browser = sign_in(vera)
    browser.post("/account/theme", theme="dark")

    browser.post("/account/theme", theme="system")

    assert "data-theme" not in browser.get("/account").html


def test_switching_the_theme_leads_back_to_the_page(sign_in, vera):
    page = sign_in(vera).get("/account/password?from=here")

    assert page.submit(to="/account/theme", theme="dark").location == "/account/password?from=here"


@pytest.mark.parametrize("theme", ["", "pink", "dark\0", "x" * 5000])
def test_another_theme_is_refused(sign_in, vera, theme):
    answer = sign_in(vera).post("/account/theme", theme=theme)

    assert answer.status_code == 422
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_cookie_with_another_theme_is_ignored(visitor):
    visitor.client.set_cookie(cookie("theme"), '"><script>')

    assert "data-theme" not in visitor.get("/login").html
