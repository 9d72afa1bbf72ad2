"""Where signing in leads to: a page of ours, whatever the address says."""

import pytest

from app import create_app
from app.web import redirects
from tests.support.people import PASSWORD

OURS = [
    "/",
    "/account",
    "/account?x=1",
    "/account?next=https://evil.test",
    "/account#sessions",
    "/account/password",
    "/login",
    "/logout",
    "/settings?q=a%20b&category=x",
    "/users/1",
]
HOSTILE = [
    "https://evil.test",
    "https://evil.test/account",
    "http:evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https:///evil.test",
    "HTTPS://EVIL.TEST",
    "//evil.test",
    "//evil.test/account",
    "///evil.test",
    "////evil.test",
    "//\\evil.test",
    "/\\evil.test",
    "/\\/evil.test",
    "\\/evil.test",
    "\\\\evil.test",
    "\\evil.test",
    "/account\\@evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r/evil.test",
    "/\r\n/evil.test",
    "/\0/evil.test",
    "\t//evil.test",
    " //evil.test",
    " /account",
    "/account ",
    "/account\n",
    "/account\r\nSet-Cookie: a=b",
    "/account\r\nLocation: https://evil.test",
    "/ /evil.test",
    "/\x0b/evil.test",
    "/\x0c/evil.test",
    "/\x7f/evil.test",
    "/\x85/evil.test",
    "/\xa0/evil.test",
    "/\u2028/evil.test",
    "/\u200b/evil.test",
    "/\uff0f/evil.test",
    "/\u2215evil.test",
    "/\ufeff/evil.test",
    "/\u3002evil.test",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "mailto:eve@evil.test",
    "evil.test",
    "www.evil.test/account",
    "account",
    "./account",
    "../account",
    ".evil.test",
    "@evil.test",
    ":80",
    "?next=//evil.test",
    "#//evil.test",
    ";//evil.test",
    "/@evil.test",
    "/.evil.test",
    "/%2F/evil.test",
    "/%2Fevil.test",
    "/%5Cevil.test",
    "/%09/evil.test",
    "/%0A/evil.test",
    "%2F%2Fevil.test",
    "%09//evil.test",
    "/..//evil.test",
    "/.//evil.test",
    "/account//evil.test",
    "/account/..//evil.test",
    "/static/app.css",
    "/static/../account",
    "/nowhere",
    "/users/0",
    "/users/abc",
    "/account/",
    "http://localhost/account",
    "http://localhost@evil.test/",
    "http://localhost.evil.test/",
    "//localhost/account",
    "https://[::1",
    "//[",
    "/[//evil.test",
    "/" + "a" * 3000,
    "/account?" + "a" * 3000,
]


@pytest.fixture(scope="module")
def console():
    return create_app({})


@pytest.mark.parametrize("target", OURS)
def test_a_page_of_ours_is_where_one_goes(console, target):
    with console.test_request_context():
        assert redirects.safe(target) == target


@pytest.mark.parametrize("target", [*HOSTILE, "", None], ids=ascii)
def test_anything_else_leads_to_the_overview(console, target):
    with console.test_request_context():
        assert redirects.safe(target) == "/"


def test_there_are_enough_of_them():
    assert len(set(HOSTILE)) >= 60


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("target", HOSTILE, ids=ascii)
def test_nobody_is_led_away_who_is_signed_in(sign_in, vera, target):
    browser = sign_in(vera)

    asked = browser.get("/login", next=target)
    switched = browser.post("/account/theme", theme="dark", next=target)

    assert (asked.status_code, asked.location) == (303, "/")
    assert (switched.status_code, switched.location) == (303, "/")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("where", ["in the address", "in the form", "in both"])
@pytest.mark.parametrize(
    "target", ["//evil.test", "/\t/evil.test", "/\\evil.test", "/\n/evil.test"]
)
def test_nobody_is_led_away_by_signing_in(visitor, vera, target, where):
    fields = {"username": "vera", "password": PASSWORD}
    fields |= {} if where == "in the address" else {"next": target}
    query = {} if where == "in the form" else {"next": target}
    fields["csrf_token"] = visitor.csrf_token()

    answer = visitor.open("/login", "POST", query_string=query, data=fields)

    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize(
    "path", ["/nö/evil", "/account?q=%00&r=ü", "/account?\\evil.test", "//evil"]
)
def test_asking_to_sign_in_names_no_other_place(visitor, path):
    answer = visitor.get(path)

    if answer.status_code == 303:
        assert answer.location.startswith("/login?next=/account")
