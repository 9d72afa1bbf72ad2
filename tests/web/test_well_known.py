"""The address where people who find a weakness look first (RFC 9116)."""

from datetime import timedelta

import pytest

from app.models.base import utcnow
from tests.support.browsing import Browser

SET = {
    "SECURITY_CONTACT": "mailto:security@example.org, https://example.org/report",
    "SECURITY_CONTACT_EXPIRES": "2999-06-30",
}


@pytest.fixture
def visit(make_app, tmp_path):
    """What a visitor gets from a console without any database."""

    def visit(**variables):
        environ = {"CONSOLE_ENV": "development", "SQLITE_PATH": str(tmp_path / "none.db")}
        client = make_app(environ | variables).test_client()
        return Browser(client).get("/.well-known/security.txt")

    return visit


def test_it_says_whom_to_tell_and_until_when(visit):
    answer = visit(**SET, CONSOLE_BASE_URL="https://console.example/console")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.html.splitlines() == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Expires: 2999-06-30T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://console.example/console/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_none(visit):
    assert visit().status_code == 404


@pytest.mark.parametrize("days", [-400, 0])
def test_an_expired_one_is_not_served(visit, days):
    last = f"{utcnow() + timedelta(days=days):%Y-%m-%d}"

    assert visit(**SET | {"SECURITY_CONTACT_EXPIRES": last}).status_code == 404
