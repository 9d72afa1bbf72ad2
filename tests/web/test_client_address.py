"""Which address a client has, behind proxies that are trusted and others."""

import pytest
from sqlalchemy import select

from app import config, create_app
from app.config import ConfigurationError
from app.http.requests import client_address
from app.models import ConsoleSession
from tests.support.people import PASSWORD

PROXIES = "127.0.0.1, 10.0.0.0/8,fd00::/8"


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "address"),
    [
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (PROXIES, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (PROXIES, "127.0.0.1", None, "127.0.0.1"),
        (PROXIES, "127.0.0.1", "", "127.0.0.1"),
        (PROXIES, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (PROXIES, "127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (PROXIES, "127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (PROXIES, "127.0.0.1", "10.1.2.3 , 10.1.2.4", "10.1.2.3"),
        (PROXIES, "127.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        (PROXIES, "127.0.0.1", "203.0.113.9, unknown, 10.1.2.3", "10.1.2.3"),
        (PROXIES, "127.0.0.1", "203.0.113.9,, 10.1.2.3", "10.1.2.3"),
        (PROXIES, "127.0.0.1", "<script>", "127.0.0.1"),
        (PROXIES, "127.0.0.1", "203.0.113.9\0", "127.0.0.1"),
        (PROXIES, "fd00::1", "2001:db8::7", "2001:db8::7"),
        (PROXIES, "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (PROXIES, "127.0.0.1", "fe80::1%" + "x" * 100, "fe80::1"),
        (PROXIES, "", "203.0.113.9", None),
        (PROXIES, "127.0.0.1", "203.0.113.7:50123", "203.0.113.7"),
        (PROXIES, "127.0.0.1", "1.2.3.4:5, 203.0.113.7:50123, 10.0.0.8:443", "203.0.113.7"),
        (PROXIES, "127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        (PROXIES, "127.0.0.1", '"[2001:db8::7]:443"', "2001:db8::7"),
        (PROXIES, "127.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        (PROXIES, "127.0.0.1", '"203.0.113.7"', "203.0.113.7"),
        (PROXIES, "127.0.0.1", "[::ffff:203.0.113.7]:80", "203.0.113.7"),
        (PROXIES, "127.0.0.1", "203.0.113.7:port", "127.0.0.1"),
        (PROXIES, "127.0.0.1", "[203.0.113.7", "127.0.0.1"),
    ],
)
def test_the_address_is_the_last_that_a_trusted_proxy_saw(proxies, connection, forwarded, address):
    console = create_app({"TRUSTED_PROXIES": proxies})
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    with console.test_request_context(
        headers=headers, environ_overrides={"REMOTE_ADDR": connection}
    ):
        assert client_address() == address


@pytest.mark.parametrize("header", ["X-Real-IP", "Forwarded", "Client-IP", "X-Client-IP"])
def test_other_headers_say_nothing(header):
    console = create_app({"TRUSTED_PROXIES": PROXIES})

    with console.test_request_context(
        headers={header: "for=203.0.113.9"}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    ):
        assert client_address() == "127.0.0.1"


def test_several_headers_are_read_as_one():
    console = create_app({"TRUSTED_PROXIES": PROXIES})
    headers = [("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-For", "203.0.113.9")]

    with console.test_request_context(
        headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.1"}
    ):
        assert client_address() == "203.0.113.9"


def test_nobody_writes_an_address_of_their_own_into_the_session(visitor, vera, session):
    data = {"username": "vera", "password": PASSWORD, "csrf_token": visitor.csrf_token()}

    visitor.open("/login", "POST", data=data, headers={"X-Forwarded-For": "203.0.113.9"})

    assert session.scalars(select(ConsoleSession.address)).one() == "127.0.0.1"


@pytest.mark.parametrize(
    "text", ["localhost", "10.1.2.3/8", "10.0.0.0/33", "*", "127.0.0.1;10.0.0.1"]
)
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ConfigurationError, match="TRUSTED_PROXIES must be addresses or networks"):
        config.read({"TRUSTED_PROXIES": text})


def test_nobody_is_trusted_unless_it_is_said():
    assert config.read({}).trusted_proxies == ()
    assert [str(one) for one in config.read({"TRUSTED_PROXIES": PROXIES}).trusted_proxies] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "fd00::/8",
    ]
