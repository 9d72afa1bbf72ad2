"""The filter of the audit log, and its conditions on events."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false

from app.domain.actor import COMMAND_PREFIX
from app.domain.errors import InvalidValue
from app.domain.text import hold_filters, is_name
from app.models import AuditEvent
from app.models.base import normalised

DENIED, REFUSED = "permission:denied", "change:refused"
SIGN_INS = ("user:signed-in", "user:signed-out", "user:reauthenticated")


class Outcome(StrEnum):
    """The outcome of an attempt: done, refused or denied."""

    DONE = "done"
    REFUSED = "refused"
    DENIED = "denied"


@dataclass(frozen=True)
class EventFilter:
    """The filters of the audit log; an empty one leaves out sign-ins alone.

    Attributes:
        actor: The name of the actor, as it was at the time.
        action: The action, such as ``setting:changed``.
        target: The name of the target, as it was at the time.
        type: The type of the target, beside its name.
        outcome: One of `Outcome`.
        request: The request ID.
        sign_ins: Whether sign-ins and sign-outs are listed too.
        since: The beginning of the time range.
        until: Its end, which is no longer part of it.
    """

    actor: str = ""
    action: str = ""
    target: str = ""
    type: str = ""
    outcome: str = ""
    request: str = ""
    sign_ins: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a text that no name fits, and an outcome that there is not."""
        hold_filters(self)
        if self.outcome and self.outcome not in set(Outcome):
            raise InvalidValue("Events cannot be filtered by that outcome.", field="outcome")


def conditions(filters: EventFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of the filter."""
    return [*of_saves(filters), *of_events(filters)]


def of_saves(filters: EventFilter) -> list[ColumnElement[bool]]:
    """Return the conditions that the events of a save fulfil together: actor, time and request."""
    if not _is_storable(filters):
        return [false()]
    found = []
    if filters.actor:
        found.append(AuditEvent.actor_name == _stored(filters.actor))
    if filters.request:
        found.append(AuditEvent.request_id == filters.request)
    if filters.since:
        found.append(AuditEvent.at >= filters.since)
    if filters.until:
        found.append(AuditEvent.at < filters.until)
    return found


def of_events(filters: EventFilter, event: Any = AuditEvent) -> list[ColumnElement[bool]]:
    """Return the conditions that each event fulfils for itself: action, target and outcome.

    Args:
        filters: The filter.
        event: The table of events, or an alias of it.
    """
    found = []
    if filters.action:
        found.append(event.action == filters.action)
    elif not filters.sign_ins:
        found.append(event.action.not_in(SIGN_INS))
    if filters.target:
        found.append(event.target_name == filters.target)
    if filters.target and filters.type:
        found.append(event.target_type == filters.type)
    if filters.outcome == Outcome.DONE:
        found.append(event.action.not_in((DENIED, REFUSED)))
    elif filters.outcome:
        action = DENIED if filters.outcome == Outcome.DENIED else REFUSED
        found.append(event.action == action)
    return found


def _is_storable(filters: EventFilter) -> bool:
    texts = (filters.actor, filters.action, filters.target, filters.type, filters.request)
    return all(map(is_name, texts))


def _stored(actor: str) -> str:
    # The name of a command holds that of a user of the operating system, which is no user name.
    return actor if actor.startswith(COMMAND_PREFIX) else normalised(actor)
