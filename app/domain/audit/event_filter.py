"""The filter of the audit log, and its conditions on events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.domain.actor import COMMAND_PREFIX
from app.domain.audit import lifetimes, request_ids
from app.domain.audit.lifetimes import Lifetime
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


class Found(NamedTuple):
    """The parts of a filter that the record tells: IDs with lifetimes, and whole request IDs."""

    actors: tuple[tuple[int, Lifetime], ...] = ()
    targets: tuple[tuple[int, Lifetime], ...] = ()
    requests: tuple[str, ...] = ()


NOTHING = Found()


@dataclass(frozen=True)
class EventFilter:
    """The filters of the audit log; an empty one leaves out sign-ins alone.

    Attributes:
        actor: The name of the actor, as it was at the time.
        action: The action, such as ``setting:changed``.
        target: The name of the target, as it was at the time.
        type: The type of the target.
        outcome: One of `Outcome`.
        request: The request ID, or at least its first `BEGINNING` characters.
        sign_ins: Whether sign-ins and sign-outs are listed too.
        since: The beginning of the time range.
        until: Its end, which is no longer part of it.
        actor_ids: The IDs of users, of whom one acted, whatever their name was.
        target_ids: The IDs of targets of the type, whatever their name was.
        as_of: The time at which the IDs were those of what is meant; by default the newest.
        found: What `resolved` has found.
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
    actor_ids: tuple[int, ...] = ()
    target_ids: tuple[int, ...] = ()
    as_of: datetime | None = None
    found: Found = NOTHING

    def __post_init__(self) -> None:
        """Refuse a text that no name fits, and an ID or an outcome that there is not."""
        hold_filters(self)
        for name, ids in (("actor_id", self.actor_ids), ("target_id", self.target_ids)):
            if not all(0 < row_id <= HIGHEST_ID for row_id in ids):
                raise InvalidValue("Events cannot be filtered by that ID.", field=name)
        if self.target_ids and not self.type:
            message = "Filter by a type too, since each type has IDs of its own."
            raise InvalidValue(message, field="type")
        if self.outcome and self.outcome not in set(Outcome):
            raise InvalidValue("Events cannot be filtered by that outcome.", field="outcome")


def resolved(session: DbSession, filters: EventFilter) -> EventFilter:
    """Return the filter with what the record tells of it.

    These are the lifetimes of its IDs, so that it finds no namesakes, and the requests whose ID
    begins as it says.

    Raises:
        InvalidValue: Too many requests begin so.
    """
    kind, as_of = filters.type, filters.as_of
    found = Found(
        tuple(_life(session, "user", row_id, as_of) for row_id in filters.actor_ids),
        tuple(_life(session, kind, row_id, as_of) for row_id in filters.target_ids),
        request_ids.beginning_with(session, filters.request),
    )
    return replace(filters, found=found)


def _life(
    session: DbSession, target_type: str, row_id: int, as_of: datetime | None
) -> tuple[int, Lifetime]:
    return row_id, lifetimes.lifetime(session, target_type, row_id, as_of)


def names_of_ids(session: DbSession, filters: EventFilter) -> tuple[str, str]:
    """Return the names of the actor and of the target that the IDs mean; "" where there is none."""
    found = resolved(session, filters).found
    actors = [lifetimes.name(session, "user", *actor) for actor in found.actors]
    targets = [lifetimes.name(session, filters.type, *target) for target in found.targets]
    return ", ".join(actors), ", ".join(targets)


def has_actor(session: DbSession, name: str) -> bool:
    """Tell whether the record has an actor of that name."""
    return _exists(session, AuditEvent.actor_name == _stored(name)) if is_name(name) else False


def has_target(session: DbSession, name: str) -> bool:
    """Tell whether the record has a target of that name."""
    return _exists(session, AuditEvent.target_name == name) if is_name(name) else False


def _exists(session: DbSession, condition: ColumnElement[bool]) -> bool:
    return session.scalar(select(AuditEvent.id).where(condition).limit(1)) is not None


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
    if filters.actor_ids:
        found.append(_one_of(AuditEvent.actor_id, filters.found.actors))
    if filters.request:
        found.append(_equal_to_one(AuditEvent.request_id, filters.found.requests))
    return [*found, *_within(filters, AuditEvent)]


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
    if filters.target_ids:
        found.append(_one_of(column(event.target_id), filters.found.targets, event))
    if filters.type:
        found.append(column(event.target_type) == filters.type)
    if filters.outcome == Outcome.DONE:
        found.append(event.action.not_in((DENIED, REFUSED)))
    elif filters.outcome:
        action = DENIED if filters.outcome == Outcome.DENIED else REFUSED
        found.append(column(event.action) == action)
    return found


def _one_of(
    column: Any, lives: Sequence[tuple[int, Lifetime]], event: Any = AuditEvent
) -> ColumnElement[bool]:
    """Return the condition that an ID is one of these, each in its lifetime."""
    return or_(false(), *(and_(column == one, *_within(life, event)) for one, life in lives))


def _equal_to_one(column: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    # By equality where it is one text: an index is then read in the order of the list.
    equal: ColumnElement[bool] = column == texts[0] if len(texts) == 1 else column.in_(texts)
    return equal


def _within(span: EventFilter | Lifetime, event: Any) -> list[ColumnElement[bool]]:
    since = [event.at >= span.since] if span.since else []
    return [*since, *([event.at < span.until] if span.until else [])]


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
