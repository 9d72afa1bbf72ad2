"""The page of one's own second factor: set up by a code, and asked for where it is required."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import select

from app.domain.permissions import PermissionCode
from app.models import SecondFactor
from tests.support.contents import recorded
from tests.support.people import PASSWORD
from tests.support.second_factors import code_of, set_up

PAGE = "/account/second-factor"
SHOWN = re.compile(r'id="key">([^<]+)<')


def key_on(page):
    return SHOWN.search(page.html)[1].replace(" ", "")


@pytest.fixture
def required(app):
    codes = (PermissionCode.SETTINGS_UPDATE,)
    app.config["CONSOLE"] = replace(app.config["CONSOLE"], second_factor_for=codes)


def test_a_code_of_the_app_puts_it_into_force(sign_in, visitor, session, ada):
    browser = sign_in(ada)
    page = browser.submit(PAGE, begin="y").follow()
    key = key_on(page)
    assert "data:image/svg+xml" in page.html
    assert key not in session.scalars(select(SecondFactor.secret)).one()

    wrong = page.submit(code="000000")
    assert (wrong.status_code, "That code is not right." in wrong.text) == (422, True)
    # It does not count yet.
    assert visitor.submit("/login", username="ada", password=PASSWORD).location == "/"
    done = wrong.submit(code=code_of(key))

    assert (done.status_code, done.html.count("<li>\n            <code>")) == (201, 10)
    assert "These codes will not be shown again" in done.text
    assert recorded(session)[0].action == "second-factor:set-up"
    again = browser.get(PAGE)
    assert "10" in again.text
    assert not SHOWN.search(again.html)
    assert browser.post(PAGE, begin="y").status_code == 409
    assert browser.post(PAGE, code="1").status_code == 409


@pytest.mark.only_on("sqlite")
def test_an_app_on_the_same_phone_is_opened_by_a_link(sign_in, session, person):
    browser = sign_in(person("o'hara&co", roles=["admin"]))
    page = browser.submit(PAGE, begin="y").follow()

    address = urlsplit(unescape(page.link("open the app")))

    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/RAG Fortress console:o'hara&co"
    assert parse_qs(address.query) == {
        "secret": [key_on(page)],
        "issuer": ["RAG Fortress console"],
    }
    assert browser.submit(PAGE, code=code_of(key_on(page))).status_code == 201
    assert "otpauth:" not in browser.get(PAGE).html


@pytest.mark.only_on("sqlite")
def test_the_page_of_a_user_and_of_the_account_tell_it(app, sign_in, session, ada, vera):
    browser = sign_in(ada)
    assert "Second factor none" in browser.get(f"/users/{vera.id}").text
    set_up(session, vera, app.config["SECRET_KEY"])

    assert "Second factor set up" in browser.get(f"/users/{vera.id}").text
    assert "Second factor set up Manage" in sign_in(vera).get("/account").text


@pytest.mark.only_on("sqlite")
def test_who_has_to_have_one_and_has_none_does_nothing_before(
    visitor, session, person, ada, vera, required
):
    first = visitor.submit("/login", username="ada", password=PASSWORD).follow()
    assert (first.status_code, first.location) == (303, PAGE)
    for path in ("/settings", "/account", "/users/new"):
        assert visitor.get(path).location == PAGE
    page = visitor.get(PAGE)
    fields = {"csrf_token": page.value("csrf_token")[0]}
    refused = visitor.open("/roles/new", "POST", data=fields)
    assert refused.location == PAGE
    assert "Nothing was saved: your permissions require a second factor" in refused.follow().text
    assert "You need a second factor to go on" in page.text
    assert visitor.get("/logout").status_code == 200

    key = key_on(page.submit(begin="y").follow())
    assert visitor.submit(PAGE, code=code_of(key)).status_code == 201
    assert visitor.get("/settings").status_code == 200


@pytest.mark.only_on("sqlite")
def test_who_has_to_have_one_from_now_on_loses_nothing(sign_in, app, session, ada, request):
    page = sign_in(ada).get("/roles/new")
    request.getfixturevalue("required")

    refused = page.submit(name="support", description="Helps people.")

    assert (refused.status_code, refused.link("Set up a second factor")) == (403, PAGE)
    assert "Set up a second factor first" in refused.text
    assert refused.submit(kept="1").status_code == 403
    set_up(session, ada, app.config["SECRET_KEY"])
    form = refused.submit(kept="1")
    assert (form.value("name"), form.value("description")) == ("support", "Helps people.")
    assert form.submit(name="support").status_code == 303


@pytest.mark.only_on("sqlite")
def test_who_holds_none_of_the_permissions_goes_on_without(sign_in, vera, required):
    assert sign_in(vera).get("/account").status_code == 200
