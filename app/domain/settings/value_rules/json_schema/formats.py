"""Formats of texts that a schema may name, each with a check in linear time."""

import re
from collections.abc import Callable
from datetime import date, time
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from app.domain.settings.value_rules.sizes import EXAMPLE, read_size

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~%]+")
_LONGEST_HOST = 253


def is_of_format(name: str, text: str) -> bool:
    """Tell whether a text has a format; one that is not known here asks for nothing."""
    return name not in _CHECKS or _CHECKS[name](text)


def _is_made(make: Callable[[str], object], text: str) -> bool:
    try:
        make(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _is_made(date.fromisoformat, text)


def _is_time(text: str) -> bool:
    parts = _TIME.fullmatch(text)
    return (
        parts is not None
        and _is_made(time.fromisoformat, parts["time"])
        and _is_zone(parts["zone"] or "Z")
    )


def _is_zone(text: str) -> bool:
    return text in {"Z", "z"} or _is_made(time.fromisoformat, text[1:])


def _is_moment(text: str) -> bool:
    day, following = text[:10], text[11:]
    parts = _TIME.fullmatch(following)
    has_zone = parts is not None and bool(parts["zone"])
    return text[10:11] in {"T", "t"} and _is_date(day) and has_zone and _is_time(following)


def _is_host(text: str) -> bool:
    labels = text.split(".", _LONGEST_HOST)
    return len(text) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)


def _is_uri(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and _is_made(urlsplit, text)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_moment,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "hostname": _is_host,
    "ipv4": partial(_is_made, IPv4Address),
    "ipv6": partial(_is_made, IPv6Address),
    "size": lambda text: read_size(text) is not None,
    "time": _is_time,
    "uri": _is_uri,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
}
IN_WORDS = {
    "date": "a date such as 2026-11-28",
    "date-time": "a date and time such as 2026-11-28T14:30:00Z",
    "email": "an email address",
    "hostname": "a host name such as db.example.com",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "size": EXAMPLE,
    "time": "a time such as 14:30:00Z",
    "uri": "an address such as https://example.com",
    "uuid": "a UUID",
}
