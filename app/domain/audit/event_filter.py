"""The filter of the audit log, and its conditions on events."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false, func

from app.domain.actor import COMMAND_PREFIX
from app.domain.audit import lifetimes
from app.domain.audit.lifetimes import ALWAYS, Lifetime
from app.domain.errors import InvalidValue
from app.domain.text import hold_filters, is_name
from app.models import AuditEvent, DbSession
from app.models.base import HIGHEST_ID, normalised

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
        actor_id: The ID of the user who acted, whatever their name was.
        action: The action, such as ``setting:changed``.
        target: The name of the target, as it was at the time.
        target_id: The ID of the target, whatever its name was; it takes a type.
        type: The type of the target.
        outcome: One of `Outcome`.
        request: The request ID.
        sign_ins: Whether sign-ins and sign-outs are listed too.
        since: The beginning of the time range.
        until: Its end, which is no longer part of it.
        as_of: The time at which the IDs were those of what is meant; by default the newest.
        actor_life: The lifetime of the actor with the ID; see `of_one_life`.
        target_life: The lifetime of the target with the ID.
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
    actor_id: int | None = None
    target_id: int | None = None
    as_of: datetime | None = None
    actor_life: Lifetime = ALWAYS
    target_life: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse a text that no name fits, and an ID or an outcome that there is not."""
        hold_filters(self)
        for name, row_id in (("actor_id", self.actor_id), ("target_id", self.target_id)):
            if row_id is not None and not 0 < row_id <= HIGHEST_ID:
                raise InvalidValue("Events cannot be filtered by that ID.", field=name)
        if self.target_id is not None and not self.type:
            message = "Filter by a type too, since each type has IDs of its own."
            raise InvalidValue(message, field="type")
        if self.outcome and self.outcome not in set(Outcome):
            raise InvalidValue("Events cannot be filtered by that outcome.", field="outcome")


def of_one_life(session: DbSession, filters: EventFilter) -> EventFilter:
    """Return the filter with the lifetimes of what its IDs mean, so that it finds no namesakes."""
    if filters.actor_id is not None:
        life = lifetimes.lifetime(session, "user", filters.actor_id, filters.as_of)
        filters = replace(filters, actor_life=life)
    if filters.target_id is not None:
        life = lifetimes.lifetime(session, filters.type, filters.target_id, filters.as_of)
        filters = replace(filters, target_life=life)
    return filters


def names_of_ids(session: DbSession, filters: EventFilter) -> tuple[str, str]:
    """Return the names of the actor and of the target that the IDs mean; "" where there is none."""
    filters = of_one_life(session, filters)
    actor = target = ""
    if filters.actor_id is not None:
        actor = lifetimes.name(session, "user", filters.actor_id, filters.actor_life)
    if filters.target_id is not None:
        target = lifetimes.name(session, filters.type, filters.target_id, filters.target_life)
    return actor, target


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
    if filters.actor_id is not None:
        found.append(AuditEvent.actor_id == filters.actor_id)
    if filters.request:
        found.append(AuditEvent.request_id == filters.request)
    for span in (filters, filters.actor_life, filters.target_life):
        if span.since:
            found.append(AuditEvent.at >= span.since)
        if span.until:
            found.append(AuditEvent.at < span.until)
    return found


def of_events(
    filters: EventFilter, event: Any = AuditEvent, *, by_index: bool = True
) -> list[ColumnElement[bool]]:
    """Return the conditions that each event fulfils for itself: action, target and outcome.

    Args:
        filters: The filter.
        event: The table of events, or an alias of it.
        by_index: Whether events may be found by these conditions. SQLite takes two columns of an
            index for few rows, and would read all events of a target in search of those of a save.
    """
    column: Callable[[Any], Any] = _itself if by_index else _without_index
    found = []
    if filters.action:
        found.append(column(event.action) == filters.action)
    elif not filters.sign_ins:
        found.append(event.action.not_in(SIGN_INS))
    if filters.target:
        found.append(column(event.target_name) == filters.target)
    if filters.target_id is not None:
        found.append(column(event.target_id) == filters.target_id)
    if filters.type:
        found.append(column(event.target_type) == filters.type)
    if filters.outcome == Outcome.DONE:
        found.append(event.action.not_in((DENIED, REFUSED)))
    elif filters.outcome:
        action = DENIED if filters.outcome == Outcome.DENIED else REFUSED
        found.append(column(event.action) == action)
    return found


def _itself(column: Any) -> Any:
    return column


def _without_index(column: Any) -> Any:
    return func.coalesce(column, column)


def _is_storable(filters: EventFilter) -> bool:
    texts = (filters.actor, filters.action, filters.target, filters.type, filters.request)
    return all(map(is_name, texts))


def _stored(actor: str) -> str:
    # The name of a command holds that of a user of the operating system, which is no user name.
    return actor if actor.startswith(COMMAND_PREFIX) else normalised(actor)
