"""Readiness: the console serves pages at the newest revision of the database only."""

import time

from flask import current_app

from app.database import revisions
from app.extensions import db

ASK_EVERY = 5.0


class NotReady(Exception):
    """The database is at another revision than the console needs."""

    def __init__(self, status: revisions.SchemaStatus) -> None:
        super().__init__(status.message)
        self.status = status


def demand_revision(version: str | None) -> None:
    """Go on only at the revision that the console needs.

    Raises:
        NotReady: The database is at another one.
    """
    _demand(revisions.status_of(version))


def demand() -> None:
    """The same for visitors, of whom nothing is known: the database is asked every 5 seconds.

    Raises:
        NotReady: The database is at another revision than the console needs.
    """
    asked = current_app.extensions.get("readiness", 0.0)
    if time.monotonic() - asked < ASK_EVERY:
        return
    _demand(revisions.status(db.session))
    current_app.extensions["readiness"] = time.monotonic()


def _demand(status: revisions.SchemaStatus) -> None:
    if not status.is_current:
        raise NotReady(status)
