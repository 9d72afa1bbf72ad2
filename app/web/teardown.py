"""Tear-down: what fails after the answer was made is told by the log, and changes no answer."""

import logging
from contextlib import AbstractContextManager
from types import TracebackType

from flask import Flask

from app.extensions import db

log = logging.getLogger(__name__)


class Logged(AbstractContextManager[None]):
    """A context whose errors go to the log, and no further."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Log an error; let what ends the process pass."""
        if not isinstance(error, Exception):
            return False
        log.error("Tear-down failed.", exc_info=error)
        return True


class Unfailing(Flask):
    """A Flask application whose tear-down changes no answer.

    Flask would let the error reach the server, which answers with a bare 500, or a command end with
    a traceback after its work was done.
    """

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Call what was registered for the end of a request."""
        with Logged():
            super().do_teardown_request(exc)

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Call what was registered for the end of a context; then forget its database session."""
        with Logged():
            super().do_teardown_appcontext(exc)
        # Where another function failed, the session is still open, and holds what it has read.
        with Logged():
            db.session.remove()
        # A session that could not be closed would be found by a later context with the same ID.
        db.session.registry.clear()
