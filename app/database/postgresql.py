"""Connections to PostgreSQL that do not wait for ever.

The server's own limits end with the server: of one that was stopped in its tracks, or behind a
network that swallows what is sent, the client hears nothing, and would wait for hours.
"""

import logging
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic, LockNotAvailable, QueryCanceled, _WaitTimeout

T = TypeVar("T")
log = logging.getLogger(__name__)

# Beyond the limit, for the server to say by itself that a statement took too long.
GRACE = 1.0
# A statement of a unit of work may take this long even when all time for locks has been used.
FLOOR = 2.0
# The server, which can tell that it waited for a lock, gives up first; see `waiting.TOLERANCE`.
LATER = 0.75
# What warns that a COMMIT waits for a synchronous standby no longer; its words are in any language.
_WAITS_FOR_STANDBY = "SyncRepWaitForLSN"


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer no longer than its limit.

    Attributes:
        limit: The seconds for a statement; None for no limit.
        deadline: The moment of `time.monotonic` at which a unit of work has waited for long enough:
            PostgreSQL counts its lock_timeout anew for each lock that a statement waits for.
    """

    limit: float | None = None
    deadline: float | None = None
    _is_unconfirmed = False

    def confirm_commits(self) -> None:
        """Take note of every COMMIT that no standby confirmed."""
        self.add_notice_handler(self._note)

    def commit(self) -> None:
        """Commit the transaction.

        Raises:
            OperationalError: The primary has committed it, and stopped waiting for its synchronous
                standby: if the primary is lost now, so is the change. The connection is closed.
        """
        self._is_unconfirmed = False
        super().commit()
        if self._is_unconfirmed:
            log.error("A synchronous standby of PostgreSQL did not confirm a change in time.")
            self.close()
            raise psycopg.OperationalError("timeout expired: no standby has confirmed the COMMIT")

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Consume what the driver does with the connection, for a limited time.

        Raises:
            QueryCanceled: The server has ended the statement, because it was told to.
            LockNotAvailable: It has waited for a lock for too long.
            OperationalError: The server does not answer. The connection is closed.
        """
        try:
            return super().wait(gen, interval, self._seconds() if timeout is None else timeout)
        except _WaitTimeout:
            return self._end(gen)

    def _note(self, notice: Diagnostic) -> None:
        self._is_unconfirmed |= notice.source_function == _WAITS_FOR_STANDBY

    def _seconds(self) -> float | None:
        if self.deadline is None or self.limit is None:
            return self.limit
        return min(self.limit, max(self.deadline + LATER - time.monotonic(), FLOOR))

    def _end(self, gen: PQGen[T]) -> T:
        try:
            self.cancel_safe(timeout=GRACE)
            return super().wait(gen, timeout=GRACE)
        except psycopg.Error as error:
            # At the same moment, the server may have given up waiting for a lock by itself.
            if isinstance(error, (QueryCanceled, LockNotAvailable)):
                raise
            self.close()
            raise psycopg.OperationalError("timeout expired: the server does not answer") from error
