"""The page of a person's own account."""

from tests.support.people import PASSWORD


def test_the_page_shows_the_profile_and_the_permissions(sign_in, vera):
    page = sign_in(vera).get("/account")

    assert "Vera Rubin" in page.text
    assert "vera · vera@example.org" in page.text
    assert "document:read" in page.text
    assert "document:update" not in page.text


def test_without_a_role_the_page_tells_how_to_get_one(sign_in, omar):
    page = sign_in(omar).get("/account")

    assert "You have no permissions yet" in page.text
    assert "tell them your user name: omar." in page.text


def test_an_administrator_has_every_permission(sign_in, ada):
    assert "audit:read" in sign_in(ada).get("/account").text


def test_a_hostile_browser_name_is_shown_as_text(visitor, vera):
    agent = "<script>alert(1)</script>\x00\x07" + "x" * 300
    data = {"username": "vera", "password": PASSWORD, "csrf_token": visitor.csrf_token()}
    visitor.open("/login", "POST", data=data, headers={"User-Agent": agent})

    page = visitor.get("/account")

    assert "<script>alert(1)</script>xxx" in page.text
    assert "<script>alert" not in page.html
