"""The time of a user's last sign-in to the console, and the filter by it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from app.models import AuditEvent, User
from app.models.base import UtcDateTime, utcnow

IDLE = timedelta(days=90)
NEVER, IDLE_FOR_LONG, LATELY = "never", "idle", "lately"
CHOICES = (NEVER, IDLE_FOR_LONG, LATELY)

# Asked of the newest event with a limit: every database reads it off an index, and a page of fifty
# users takes fifty such looks.
LAST: Any = (
    select(AuditEvent.at)
    .where(
        AuditEvent.target_type == "user",
        AuditEvent.target_id == User.id,
        AuditEvent.action == "user:signed-in",
        # A deleted user may have had the same id.
        AuditEvent.at >= User.created_at,
    )
    .order_by(AuditEvent.id.desc())
    .limit(1)
    .correlate(User)
    .scalar_subquery()
)
# Read when the statement runs: lists keep their statements.
_SINCE: Any = bindparam("idle_since", callable_=lambda: utcnow() - IDLE, type_=UtcDateTime())


def condition(choice: str) -> ColumnElement[bool]:
    """Return the condition for users who never signed in, not for `IDLE`, or since then.

    The recorded sign-ins are found first, by the index of the action and the time: a backend may
    have 250,000 users of whom a hundred sign in here.
    """
    if choice == NEVER:
        return condition_in_order(choice)
    signed_in = AuditEvent.at >= _SINCE if choice == LATELY else AuditEvent.at < _SINCE
    found = select(AuditEvent.target_id).where(
        AuditEvent.action == "user:signed-in", AuditEvent.target_type == "user", signed_in
    )
    return and_(User.id.in_(found), condition_in_order(choice))


def condition_in_order(choice: str) -> ColumnElement[bool]:
    """Return the same condition for users who are read in an order, one after the other."""
    if choice == NEVER:
        found: ColumnElement[bool] = LAST.is_(None)
    elif choice == LATELY:
        found = LAST >= _SINCE
    else:
        found = LAST < _SINCE
    return found
