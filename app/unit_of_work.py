"""One unit of work: a fresh write transaction, the change, the commit; again where it must be.

Pages and commands change things through `carry_out` alone. It begins a new transaction (on SQLite
BEGIN IMMEDIATE), so that nothing decided in it rests on what was read before, commits once, and
records in a transaction of its own what a rule refused. All of that, however often it is tried,
waits for locks no longer than `LOCK_SECONDS` in all.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.config.postgresql_session import LOCK_SECONDS
from app.database.error_codes import codes_of
from app.database.waiting import OPTION, Waiting, wait_about
from app.domain import audit
from app.domain.actor import Actor
from app.domain.authentication.capacity import CapacityLimiter, Overloaded
from app.domain.errors import RuleError
from app.domain.target import Target
from app.extensions import db
from app.models import DbSession

Rows = Sequence[Row[Any]]
T = TypeVar("T")

TRIES = 3
PAUSE = 0.05
# Serialization failures, deadlocks and locks. 1020 is what newer MariaDBs say of a row that was
# changed after the snapshot was taken.
TRANSIENT = frozenset({"40001", "40P01", 1020, 1205, 1213, "SQLITE_BUSY"})


class OutcomeUnknown(Exception):
    """The database did not confirm that a change was committed: it is saved, or it is not.

    Attributes:
        error: What the database, or the way to it, answered.
    """

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(
            "The database did not answer at the last moment. We cannot tell whether this was saved:"
            " look before you try again."
        )
        self.error = error


class TooManyChanges(Overloaded):
    """Too many changes are being saved, or wait for a lock. This one was not begun."""


# Both together leave threads of the server for pages that only read (docs/install.md).
SAVES = CapacityLimiter(limit=4, queue=4, timeout=1.0, error=TooManyChanges)
SIGN_INS = CapacityLimiter(limit=2, queue=1, timeout=1.0, error=TooManyChanges)


def begin_writing(deadline: float | None = None) -> None:
    """End the transaction that was read in, and begin one that may write.

    Args:
        deadline: Until when it may wait for locks, as `time.monotonic` counts; by default, each
            statement may wait for `LOCK_SECONDS`.
    """
    db.session.rollback()
    waiting = Waiting(deadline) if deadline is not None else None
    connection = db.session.connection(execution_options={"write": True, OPTION: waiting})
    if waiting:
        waiting.watch(connection)


def carry_out(work: Callable[[], T], *, actor: Actor, limiter: CapacityLimiter | None = None) -> T:
    """Do the work and commit it; try again, the whole of it, where databases say so.

    Args:
        work: The change. It may run more than once, so it must do nothing but database work.
        actor: Who makes the change.
        limiter: Limits the threads that do such work at once; by default, `SAVES`.

    Returns:
        What the work returned.

    Raises:
        RuleError: A rule said no; nothing was changed, and the refusal is recorded.
        OutcomeUnknown: COMMIT was not confirmed. With any other error nothing was changed.
        TooManyChanges: Too many threads of this process do such work.
    """
    # Whoever waits for a turn keeps no connection from others.
    db.session.rollback()
    with (limiter or SAVES).slot():
        return _carry_out(work, actor, time.monotonic() + LOCK_SECONDS)


def _carry_out(work: Callable[[], T], actor: Actor, deadline: float) -> T:
    for pause in (PAUSE, PAUSE * 4, None):
        try:
            begin_writing(deadline)
            result = work()
            _commit()
        except RuleError as refusal:
            db.session.rollback()
            if refusal.is_recorded:
                _record_refusal(refusal, actor, deadline)
            raise
        except (OperationalError, IntegrityError, StaleDataError) as error:
            db.session.rollback()
            if pause is None or not is_transient(error) or time.monotonic() >= deadline:
                raise
            wait_about(pause)
        else:
            return result
    raise AssertionError("The last try returns or raises.")


def read(question: Callable[[], T]) -> T:
    """Ask something before what takes long, and end the transaction that it was read in.

    On SQLite whoever reads keeps those who write from committing, for as long as the transaction.
    """
    try:
        return question()
    finally:
        db.session.rollback()


def in_batches(read_after: Callable[[DbSession, int], Rows]) -> Iterator[Rows]:
    """Yield batches of rows, each read in a transaction that ends before the batch is used.

    Nothing is held between two batches, however slowly they are sent: on SQLite no writer waits for
    an export, and elsewhere no connection is kept.

    Args:
        read_after: Returns the rows with ids above the given one, the first of them by id; none at
            the end.
    """
    # The request, and its session, have ended when the rows are read.
    return _in_batches(db.engine, read_after)


def _in_batches(engine: Any, read_after: Callable[[DbSession, int], Rows]) -> Iterator[Rows]:
    after = 0
    while True:
        with Session(engine) as session:
            rows = read_after(session, after)
        if not rows:
            return
        yield rows
        after = rows[-1].id


def try_out(question: Callable[[], T], *, actor: Actor) -> T:
    """Ask what a change would do, without making it.

    Args:
        question: The question. It only reads.
        actor: Who asks.

    Returns:
        What the question returned.

    Raises:
        RuleError: A rule says no to the change; the refusal is recorded as if it had been made.
    """
    try:
        return question()
    except RuleError as refusal:
        db.session.rollback()
        if refusal.is_recorded:
            _record_refusal(refusal, actor)
        raise


def record(
    action: str,
    target: Target,
    *,
    actor: Actor,
    after: audit.Fields | None = None,
    reason: str = "",
    deadline: float | None = None,
) -> None:
    """Record what changed no row, such as a denial or an export, in a transaction of its own.

    Args:
        action: What was done, or was to be done.
        target: To what.
        actor: By whom.
        after: What else there is to say.
        reason: The actor's reason.
        deadline: That of the unit of work that this is a part of, if it is.
    """

    def add() -> None:
        audit.record(db.session, action, target, actor=actor, after=after, reason=reason)

    with repeatable():
        if deadline is None:
            carry_out(add, actor=actor)
        else:
            _carry_out(add, actor, deadline)


@contextmanager
def repeatable() -> Iterator[None]:
    """Let work fail whose COMMIT was not confirmed: it only prepares, and may be done twice."""
    try:
        yield
    except OutcomeUnknown as unknown:
        raise unknown.error from None


def is_transient(error: SQLAlchemyError) -> bool:
    """Tell whether the same work may succeed, or be refused by a rule, when it is tried again."""
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        # Another program, which takes no turns, changed the rows between reading and writing. The
        # work reads them again, and then finds a conflict that it can put into words.
        return True
    return not codes_of(error.orig).isdisjoint(TRANSIENT)


def _commit() -> None:
    # Written out before, so that what fails here is COMMIT and nothing else.
    db.session.flush()
    audit.seal(db.session)
    try:
        db.session.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.session.rollback()
        raise OutcomeUnknown(error) from error


def _record_refusal(refusal: RuleError, actor: Actor, deadline: float | None = None) -> None:
    target = refusal.target or Target("rule", type(refusal).__name__)
    after = {"refusal": str(refusal)}
    record("change:refused", target, actor=actor, after=after, deadline=deadline)
