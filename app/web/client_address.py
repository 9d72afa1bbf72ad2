"""The address of the client behind trusted proxies."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import request

from app import config

Address = IPv4Address | IPv6Address


def client_address() -> str | None:
    """Return the address that the request comes from.

    It is that of the connection. ``X-Forwarded-For`` counts only as far as trusted proxies wrote
    it: from the right, up to the first address that is not such a proxy's. Everything before that
    is what the client says of itself.
    """
    address = _parsed(request.remote_addr or "")
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
        address = _parsed(text.strip())
        if address is None:
            return
        yield address


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in config.current().trusted_proxies)


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # What IPv6 sockets call the client of an IPv4 connection.
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
