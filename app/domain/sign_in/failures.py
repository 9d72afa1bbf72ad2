"""Failed sign-ins, counted and added up; whoever tries learns nothing by it."""

import hashlib
import ipaddress
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete

from app.domain import users
from app.domain.authentication import throttle
from app.models import DbSession, FailedSignIn, User
from app.models.base import normalised, utcnow
from app.models.upsert import insert_or_update

KEPT = timedelta(days=30)
NAME_GROUPS = 64
_KEY = ("hour", "user_id", "name_group", "kind", "network")


class FailureKind(StrEnum):
    """The reason why a sign-in failed."""

    UNKNOWN = "unknown name"
    INACTIVE = "inactive user"
    PASSWORD = "wrong password"  # noqa: S105 - a reason, no secret


class Network(StrEnum):
    """The kind of a client's address."""

    LOCAL = "this machine"
    PRIVATE = "private network"
    PUBLIC = "internet"
    UNKNOWN = "unknown"


def note_failure(session: DbSession, name: str, address: str | None) -> None:
    """Add one to the failed sign-ins with a name; old counts and full budgets are deleted.

    It takes the same statements for every name, so that the time tells no account from another.
    Two workers that count at the same moment both count.

    Args:
        session: The database session; the caller commits it.
        name: The name as entered.
        address: The client's address.
    """
    now = utcnow()
    user = users.find(session, name)
    row = {
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "user_id": user.id if user else 0,
        "name_group": 0 if user else _group_of(name),
        "kind": _kind_of(user).value,
        "network": network_of(address).value,
        "failures": 1,
        "last_at": now,
    }
    dialect = session.get_bind().dialect.name
    session.execute(insert_or_update(dialect, FailedSignIn, _KEY, _one_more), row)
    session.execute(delete(FailedSignIn).where(FailedSignIn.hour < now - KEPT))
    throttle.forget_full(session)


def network_of(address: str | None) -> Network:
    """Return the kind of an address."""
    try:
        client = ipaddress.ip_address(address or "")
    except ValueError:
        return Network.UNKNOWN
    if client.is_loopback:
        return Network.LOCAL
    return Network.PRIVATE if client.is_private else Network.PUBLIC


def _kind_of(user: User | None) -> FailureKind:
    if user is None:
        return FailureKind.UNKNOWN
    return FailureKind.PASSWORD if user.is_active else FailureKind.INACTIVE


def _group_of(name: str) -> int:
    text = normalised(name).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()[0] % NAME_GROUPS


def _one_more(new: Any) -> dict[str, Any]:
    return {"failures": FailedSignIn.failures + 1, "last_at": new.last_at}
