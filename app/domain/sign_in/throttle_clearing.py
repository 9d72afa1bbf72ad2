"""Clearing the throttle, for somebody whom a flood of attempts keeps out."""

from app.domain import audit, users
from app.domain.actor import Actor
from app.domain.authentication import budgets, throttle
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession

CLEARED = "throttle:cleared"
ALL = "attempts to sign in"


def clear_throttle_of(
    session: DbSession, name: str, reason: str = "", *, actor: Actor, secret: str
) -> int:
    """Fill the budgets for attempts at an account, whose user name and address are two names.

    Args:
        session: The database session; the caller commits it.
        name: A user name or email address, also one that nobody has.
        reason: The actor's reason.
        actor: The command.
        secret: The key of the digests.

    Returns:
        The number of budgets that were not full.

    Raises:
        InvalidValue: The reason is too long.
    """
    user = users.find(session, name)
    target = Target.of_user(user) if user else Target("list", f"attempts to sign in as {name}")
    names = {name, user.username, user.email} if user else {name}
    _record(session, target, reason, actor)
    return sum(throttle.clear(session, name=each, secret=secret) for each in sorted(names))


def clear_throttle(
    session: DbSession, address: str | None, reason: str = "", *, actor: Actor, secret: str
) -> int:
    """Fill the budgets of the network of a client's address; all of them without an address.

    Args, returned number and errors are those of `clear_throttle_of`.
    """
    network = budgets.client_network(address)
    target = Target("list", f"attempts to sign in from {network}" if address else ALL)
    _record(session, target, reason, actor)
    return throttle.clear(session, address=address, secret=secret)


def _record(session: DbSession, target: Target, reason: str, actor: Actor) -> None:
    audit.record(session, CLEARED, target, actor=actor, reason=checked_reason(reason))
