"""Two roles are compared."""

import re

import pytest


def test_two_roles_are_compared(sign_in, iris, role):
    viewer, user = role("viewer"), role("user")

    page = sign_in(iris).submit("/roles/compare", a=str(viewer.id), b=str(user.id))

    assert re.search(r"Granted by both 1 document:read .* Only by viewer 0 No perm", page.text)
    assert re.search(r"Only by user 2 document:create .* document:update", page.text)


def test_admin_has_everything_in_a_comparison(sign_in, iris, role):
    admin, user = role("admin"), role("user")

    page = sign_in(iris).get("/roles/compare", a=str(user.id), b=str(admin.id))

    assert "Only by user 0" in page.text


def test_without_two_roles_there_is_only_the_choice(sign_in, iris, role):
    browser = sign_in(iris)

    for query in ({}, {"a": str(role("user").id)}):
        page = browser.get("/roles/compare", **query)
        assert page.status_code == 200
        assert "Choose two roles" in page.text


@pytest.mark.parametrize("number", ["0", "x", "2147483647", "9" * 40, "-1", "٣"])
def test_a_role_that_is_none_is_not_compared(sign_in, iris, number):
    assert sign_in(iris).get("/roles/compare", a=number, b=number).status_code == 404
