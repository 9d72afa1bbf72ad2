"""The request that is answered: its id, and the address of its client."""

import re
import secrets
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import g, request

from app import config

Address = IPv4Address | IPv6Address
# An address as proxies write it: with a port, in brackets, in quotes (RFC 7239, section 6).
_HOST_AND_PORT = re.compile(r'"?(?:\[([^\]"]+)\]|([0-9.]+))(?::[0-9]{1,5})?"?')


def request_id() -> str:
    """Return the id by which logs, events and error pages name this request."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def client_address() -> str | None:
    """Return the address that the request comes from.

    It is the address of the connection. ``X-Forwarded-For`` counts only as far as trusted proxies
    wrote it: from the right, up to the first address of another host. The client may have invented
    everything before it.
    """
    address = _parsed_address(request.remote_addr or "")
    if address is None:
        return None
    forwarded = _forwarded()
    while _is_proxy(address):
        before = next(forwarded, None)
        if before is None:
            break
        address = before
    return str(address)


def _forwarded() -> Iterator[Address]:
    """Yield the forwarded addresses from the right, up to one that cannot be read."""
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        address = _parsed_address(text.strip())
        if address is None:
            return
        yield address


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in config.current().trusted_proxies)


def _parsed_address(text: str) -> Address | None:
    if match := _HOST_AND_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # The address of an IPv4 connection at an IPv6 socket.
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
