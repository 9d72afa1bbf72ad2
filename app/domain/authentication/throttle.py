"""The throttle of attempts at passwords and codes.

Each attempt draws on three budgets: of the account, of the client's network, and of the two
together. An attempt from a browser that has signed in to the account before draws on a budget of
that browser alone, so that nobody who floods an account keeps its owner out.

A budget of ten attempts in fifteen minutes is used up by ten attempts at once, and refills evenly:
one attempt in 90 seconds. Attempts that are refused count as well, so that the wait grows with each
of them; but it never grows beyond twice the period, and then nothing more is written. No account is
locked. A budget that no attempt of today can have charged is full: a clock that was ahead, and was
set back, keeps nobody out.

What is stored is the time at which a budget is full again (the generic cell rate algorithm). So one
statement charges a budget, whatever other workers do at that moment.
"""

import math
import time
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, delete, literal, or_, select, update

from app.domain.authentication.budgets import (
    KEY,
    Attempt,
    Budget,
    ThrottleLimits,
    account_digest,
    budgets_of,
    in_ms,
    network_digest,
)
from app.domain.errors import RuleError
from app.domain.phrases import counted
from app.models import DbSession, SignInBudget
from app.models.upsert import insert_or_update

# How far the wait grows, in periods; and how far ahead the clock of another node may be.
MOST_PERIODS, AHEAD_PERIODS = 2, 1
FORGOTTEN_AT_ONCE = 1000
MINUTE, MILLISECONDS = 60, 1000


class TooManyAttempts(RuleError):
    """A budget is used up for now.

    Attributes:
        seconds: The time after which an attempt is possible.
    """

    is_recorded = False

    def __init__(self, seconds: int) -> None:
        wait = counted(math.ceil(seconds / MINUTE), "minute")
        super().__init__(f"Too many attempts. Try again in {wait}.")
        self.seconds = seconds


class _Level(NamedTuple):
    """The milliseconds that a budget takes to be full again, and those of one attempt."""

    used: int
    step: int


def charge(session: DbSession, attempt: Attempt, limits: ThrottleLimits, *, secret: str) -> int:
    """Draw on the budgets of an attempt; of attempts at the same moment each counts.

    Args:
        session: The database session; the caller commits it, refused or not.
        attempt: The attempt.
        limits: The sizes of the budgets.
        secret: The key of the digests.

    Returns:
        0 if the attempt is possible, else the seconds until it is.
    """
    budgets, now, period = budgets_of(attempt, limits, secret), _now(), in_ms(limits.period)
    most = literal(now + MOST_PERIODS * period)

    def more(new: Any) -> Mapping[str, Any]:
        stored = SignInBudget.full_at
        is_full = or_(stored < now, stored > _latest(now, period))
        full_at = case((is_full, new.full_at), else_=stored + new.full_at - now)
        return {"full_at": case((full_at > most, most), else_=full_at)}

    statement = insert_or_update(session.get_bind().dialect.name, SignInBudget, KEY, more)
    rows = [budget.key | {"full_at": now + budget.step} for budget in budgets]
    session.execute(statement.values(rows))
    levels = _levels(session, budgets, now, period)
    return max(_wait(level, period) if level.used > period else 0 for level in levels)


def longest_wait(
    session: DbSession, attempt: Attempt, limits: ThrottleLimits, *, secret: str
) -> int:
    """Return the seconds to wait where a budget is overdrawn so far that charging adds nothing.

    It answers a flood, which so reads only, and keeps nobody else from writing.
    """
    budgets, period = budgets_of(attempt, limits, secret), in_ms(limits.period)
    levels = _levels(session, budgets, _now(), period)
    is_most = (level.used + level.step > MOST_PERIODS * period for level in levels)
    return max(map(_wait, compress(levels, is_most), repeat(period)), default=0)


def give_back(session: DbSession, attempt: Attempt, limits: ThrottleLimits, *, secret: str) -> None:
    """Fill the budgets of an attempt that succeeded; that of the network gets this attempt only.

    Args:
        session: The database session; the caller commits it.
        attempt: The attempt.
        limits: The sizes of the budgets.
        secret: The key of the digests.
    """
    give_back_shared(session, attempt, limits, secret=secret)
    for budget in budgets_of(attempt, limits, secret):
        if not budget.is_shared:
            session.execute(delete(SignInBudget).where(budget.row))


def give_back_shared(
    session: DbSession, attempt: Attempt, limits: ThrottleLimits, *, secret: str
) -> None:
    """Give an attempt back to the budget that others draw on; the account's stays charged.

    Args are those of `give_back`.
    """
    for budget in budgets_of(attempt, limits, secret):
        if budget.is_shared:
            less = update(SignInBudget).values(full_at=SignInBudget.full_at - budget.step)
            session.execute(less.where(budget.row).execution_options(synchronize_session=False))


def clear(
    session: DbSession, *, name: str | None = None, address: str | None = None, secret: str
) -> int:
    """Fill the budgets of a name, of the network of an address, or all of them.

    Returns:
        The number of budgets that were not full.
    """
    rows: list[ColumnElement[bool]] = [SignInBudget.full_at > _now()]
    if name is not None:
        rows.append(SignInBudget.account == account_digest(name, secret))
    if address is not None:
        rows.append(SignInBudget.network == network_digest(address, secret))
    ids = session.scalars(select(SignInBudget.id).where(*rows)).all()
    _delete(session, ids)
    return len(ids)


def forget_full(session: DbSession) -> None:
    """Delete budgets that are full again, some at a time."""
    full = select(SignInBudget.id).where(SignInBudget.full_at <= _now())
    _delete(session, session.scalars(full.limit(FORGOTTEN_AT_ONCE)).all())


def _levels(
    session: DbSession, budgets: Sequence[Budget], now: int, period: int
) -> Sequence[_Level]:
    steps = {budget[:-1]: budget.step for budget in budgets}
    columns = (SignInBudget.account, SignInBudget.network, SignInBudget.device)
    rows = session.execute(
        select(*columns, SignInBudget.full_at)
        .where(or_(*(budget.row for budget in budgets)))
        .where(SignInBudget.full_at <= _latest(now, period))
    )
    return [_Level(row.full_at - now, steps[row[:-1]]) for row in rows]


def _latest(now: int, period: int) -> int:
    """Return the latest time at which a charged budget can be full again."""
    return now + (MOST_PERIODS + AHEAD_PERIODS) * period


def _wait(level: _Level, period: int) -> int:
    """Return the seconds until one more attempt fits into the budget."""
    return math.ceil((level.used + level.step - period) / MILLISECONDS)


def _delete(session: DbSession, ids: Sequence[int]) -> None:
    # By id, since InnoDB locks what lies between the rows of a condition.
    session.execute(delete(SignInBudget).where(SignInBudget.id.in_(ids)))


def _now() -> int:
    return time.time_ns() // 1_000_000
