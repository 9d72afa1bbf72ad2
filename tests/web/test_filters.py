"""Filters are carried through URLs, so their texts are bounded."""

import pytest

LONG = "x" * 256


@pytest.mark.parametrize(
    "path",
    [
        f"/{page}?{name}={LONG}"
        for page, names in {
            "settings": ("q", "category", "type", "state"),
            "users": ("q", "role", "status"),
            "users/export": ("q", "role", "status"),
            "roles": ("q", "resource"),
            "roles/export": ("q", "resource"),
        }.items()
        for name in names
    ],
)
def test_a_filter_that_is_too_long_is_refused(sign_in, ada, path):
    page = sign_in(ada).get(path)

    assert page.status_code == 400
    assert "The filter is 256 characters long; at most 255 fit." in page.text


def test_the_longest_name_can_be_looked_for(sign_in, ada):
    browser = sign_in(ada)

    assert all(
        browser.get(path, q="x" * 255).status_code == 200
        for path in ("/settings", "/users", "/roles", "/users/export", "/roles/export")
    )


def test_a_long_filter_of_a_review_makes_no_long_address(sign_in, ada):
    page = sign_in(ada).post("/settings/review", q="x" * 70_000)

    assert page.status_code == 400
    assert not page.location
