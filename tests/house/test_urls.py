"""The house's rules about URLs hold, and each of these tests can fail."""

from collections import defaultdict

import pytest
from flask import Flask

from app import create_app
from app.domain.permissions import PermissionCode
from app.web import access


@pytest.fixture(scope="module")
def console():
    return create_app({})


def test_every_view_declares_who_may_enter(console):
    views = {rule.endpoint for rule in console.url_map.iter_rules()}
    pages = {name for name in views if not name.startswith(access.API)}

    assert [name for name in pages if access.access_of(console, name) is None] == []


def test_a_console_with_an_undeclared_view_does_not_start(console):
    careless = create_app({})
    careless.add_url_rule("/careless", "careless", lambda: "Come in.")

    with pytest.raises(access.UndeclaredAccess, match="careless"):
        access.verify(careless)


def test_a_console_with_a_form_that_nobody_needs_a_permission_for_does_not_start(console):
    careless = create_app({})
    view = access.requires(read=PermissionCode.SETTINGS_READ)(lambda: "Done.")
    careless.add_url_rule("/careless", "careless", view, methods=["GET", "POST"])

    with pytest.raises(access.UndeclaredAccess, match="takes forms but declares no change"):
        access.verify(careless)


def test_every_url_that_takes_a_form_also_shows_one(console):
    assert _without_a_page(console) == []


def test_a_url_that_only_takes_a_form_is_noticed():
    careless = Flask(__name__)
    careless.add_url_rule("/careless", "careless", lambda: "Done.", methods=["POST"])

    assert _without_a_page(careless) == ["/careless"]


def _without_a_page(app):
    methods = defaultdict(set)
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(access.API):
            methods[rule.rule] |= rule.methods
    return [url for url, taken in methods.items() if "POST" in taken and "GET" not in taken]
