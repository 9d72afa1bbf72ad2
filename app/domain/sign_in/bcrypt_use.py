"""The use of bcrypt among the users, so that the time of a failed sign-in does not tell it."""

import time
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from app.domain.authentication import bcrypt_hashes
from app.models import DbSession, User

ASK_EVERY = 600.0
SAMPLE = 1000

_costs: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
_asked: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


def bcrypt_cost(session: DbSession) -> int | None:
    """Return the highest cost of the users' hashes by bcrypt; None if there are none.

    Whoever wrote them before the console came, or goes on writing them, wrote them among the oldest
    or the newest users. These are read every ten minutes at most.
    """
    engine = session.get_bind()
    if time.monotonic() - _asked.get(engine, -ASK_EVERY) >= ASK_EVERY:
        for order in (User.id, User.id.desc()):
            for stored in session.scalars(select(User.password_hash).order_by(order).limit(SAMPLE)):
                note(session, stored)
        _asked[engine] = time.monotonic()
    return _costs.get(engine)


def note(session: DbSession, password_hash: str) -> None:
    """Take note of a stored hash that was read."""
    if bcrypt_hashes.is_readable(password_hash):
        engine, cost = session.get_bind(), bcrypt_hashes.cost_of(password_hash)
        _costs[engine] = max(cost, _costs.get(engine, 0))
