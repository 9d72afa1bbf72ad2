"""The budgets that an attempt at a password or code draws on, found by keyed digests."""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_

from app.domain.text import is_name
from app.models import SignInBudget
from app.models.sign_in_throttle import DIGEST_CHARACTERS
from app.models.spelling import folded

NETWORK_BITS = {4: 32, 6: 64}
KEY = ("account", "network", "device")


@dataclass(frozen=True)
class ThrottleLimits:
    """The attempts that are possible in a period: at an account, from a network, from a browser."""

    account: int
    network: int
    browser: int
    period: timedelta


@dataclass(frozen=True)
class Attempt:
    """An attempt at a password or code.

    Attributes:
        account: The user name or email address as entered, also one that nobody has.
        address: The client's address.
        device: The id of a browser that has signed in to this account before; None for others.
    """

    account: str
    address: str | None
    device: str | None = None


class Budget(NamedTuple):
    """The key of a budget, and the milliseconds in which one attempt is refilled."""

    account: str
    network: str
    device: str
    step: int

    @property
    def is_shared(self) -> bool:
        """Tell whether others draw on it, so that nobody's success may give all of it back."""
        return not self.account

    @property
    def key(self) -> dict[str, Any]:
        """The columns of the unique index."""
        return dict(zip(KEY, self, strict=False))

    @property
    def row(self) -> ColumnElement[bool]:
        """The condition that finds the row."""
        return and_(*(getattr(SignInBudget, name) == text for name, text in self.key.items()))


def budgets_of(attempt: Attempt, limits: ThrottleLimits, secret: str) -> Sequence[Budget]:
    """Return the budgets in the order in which everybody locks their rows."""
    account, period = account_digest(attempt.account, secret), in_ms(limits.period)
    if attempt.device:
        device = _digest("device", attempt.device, secret)
        return [Budget(account, "", device, period // limits.browser)]
    network, step = network_digest(attempt.address, secret), period // limits.account
    return [
        Budget("", network, "", period // limits.network),
        Budget(account, "", "", step),
        Budget(account, network, "", step),
    ]


def client_network(address: str | None) -> str:
    """Return the network of a client: its address, or the /64 of an IPv6 address."""
    try:
        client = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    return str(ipaddress.ip_network((client, NETWORK_BITS[client.version]), strict=False))


def account_digest(name: str, secret: str) -> str:
    """Return the digest of a user name or email address, in whatever spelling."""
    # Nobody has another name, and of a megabyte folding takes long.
    return _digest("account", folded(name) if is_name(name) else name, secret)


def network_digest(address: str | None, secret: str) -> str:
    """Return the digest of the network of a client's address."""
    return _digest("network", client_network(address), secret)


def in_ms(period: timedelta) -> int:
    """Return a period in milliseconds."""
    return period // timedelta(milliseconds=1)


def _digest(kind: str, text: str, secret: str) -> str:
    # Of a kind each: a name like an address is no network.
    content = f"{kind}:{text}".encode("utf-8", "surrogatepass")
    digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    return digest[:DIGEST_CHARACTERS]
