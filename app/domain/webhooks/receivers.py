"""Addresses of receivers: which URLs are taken, and which of a host's addresses may be called.

A receiver is called from inside a network, so that its URL could lead to what only this network
reaches. Addresses that are not public are refused unless the configuration allows their network.
They are looked at when a message is sent: what a name resolves to may have changed since.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from app.domain.errors import InvalidValue
from app.domain.text import checked_line

LIMIT = 2000
PORTS = {"https": 443, "http": 80}
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def checked_url(text: str) -> str:
    """Return the URL of a receiver as it is stored.

    Raises:
        InvalidValue: It is no http or https URL with a host, or it holds a user name or password.
    """
    url = checked_line(text, field="url", what="The URL", limit=LIMIT)
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not url.isascii() or " " in url:
        raise InvalidValue("Enter a URL such as https://example.com/changes.", field="url")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue(
            "Leave out the user name and the password: receivers check the signature.", field="url"
        )
    if parts.fragment:
        raise InvalidValue("Leave out what follows the #: no server receives it.", field="url")
    return url


def port_of(parts: SplitResult) -> int:
    """Return the port of a URL."""
    return parts.port or PORTS[parts.scheme]


def why_not(parts: SplitResult, addresses: Sequence[str], allowed: Sequence[Network]) -> str:
    """Return the reason why the addresses of a host may not be called; "" if they may.

    Args:
        parts: The URL.
        addresses: The addresses that the host has at this moment.
        allowed: The networks that are allowed besides public addresses.
    """
    for text in addresses:
        address = _embedded(ip_address(text.partition("%")[0]))
        if any(address in network for network in allowed):
            continue
        if not _is_public(address):
            return f"{text} is not a public address. WEBHOOK_NETWORKS does not allow it."
        if parts.scheme != "https":
            return "Public addresses are called by https only."
    return ""


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return (
        address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
    )
