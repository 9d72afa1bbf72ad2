"""Addresses of pages, which are worked out once."""

import pytest
from flask import url_for
from werkzeug.routing import BuildError

from app.web.urls import queried


@pytest.mark.parametrize("root", ["", "/console"])
def test_an_address_is_beneath_the_path_that_a_proxy_gives(app, root):
    with app.test_request_context("/settings", environ_overrides={"SCRIPT_NAME": root}):
        assert url_for("users.index") == f"{root}/users"
        assert queried("users.index", q="ä&b", role="") == f"{root}/users?q=%C3%A4%26b"


def test_a_short_name_means_a_page_of_the_same_section(app):
    found = []
    for path in ("/settings", "/users", "/settings"):
        with app.test_request_context(path):
            found.append(url_for(".index"))

    assert found == ["/settings", "/users", "/settings"]


def test_a_page_that_does_not_exist_has_no_address(app):
    for _ in range(2):
        with app.test_request_context("/"), pytest.raises(BuildError):
            url_for("users.nothing")
