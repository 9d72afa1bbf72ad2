"""Lifetimes: the times in which an id was that of one thing.

Ids are given again: SQLite gives the id of the newest row, once that is deleted, to the next one.
So the events of an id are those of one thing only within its lifetime: from its creation to its
deletion, as far as they were recorded, and never before the row that has the id today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from app.models import ApplicationSetting, AuditEvent, DbSession, Role, User, ValueRelation, Webhook

# An event is part of the lifetime that its own time ends.
TICK = timedelta(microseconds=1)


class TargetKind(NamedTuple):
    """A type of targets that have ids.

    Attributes:
        model: The model of its rows.
        name: The column with the name of a row.
        deleted: The action that records a deletion.
        created: The actions that record a creation.
    """

    model: Any
    name: Any
    deleted: str
    created: tuple[str, ...]


_SETTINGS = ("setting:created", "setting:restored")
KINDS = {
    "user": TargetKind(User, User.username, "user:deleted", ("user:created",)),
    "role": TargetKind(Role, Role.name, "role:deleted", ("role:created",)),
    "setting": TargetKind(ApplicationSetting, ApplicationSetting.key, "setting:deleted", _SETTINGS),
    "relation": TargetKind(
        ValueRelation, ValueRelation.expression, "relation:removed", ("relation:added",)
    ),
    "webhook": TargetKind(Webhook, Webhook.name, "webhook:deleted", ("webhook:created",)),
}


@dataclass(frozen=True)
class Lifetime:
    """The time in which an id was that of one thing.

    Attributes:
        since: Its beginning; None if there is no other thing before it.
        until: Its end, which is no longer part of it; None for a thing that is there.
    """

    since: datetime | None = None
    until: datetime | None = None

    def has_begun(self, at: datetime) -> bool:
        """Tell whether the lifetime began by then."""
        return self.since is None or self.since <= at


ALWAYS = Lifetime()


def lifetime(
    session: DbSession, target_type: str, row_id: int, as_of: datetime | None = None
) -> Lifetime:
    """Return the lifetime of the thing that had an id at a time.

    Args:
        session: The database session.
        target_type: The type of the thing; one without a row has one lifetime.
        row_id: The id.
        as_of: The time; by default the newest thing that had the id is meant.
    """
    kind = KINDS.get(target_type)
    if kind is None:
        return ALWAYS
    if as_of is not None and not as_of.microsecond:
        # Exports tell the time of an event by the second.
        as_of += timedelta(seconds=1) - TICK
    today = since_of(session, target_type, row_id)
    if today is not None and (as_of is None or as_of >= today):
        return Lifetime(since=today)
    ends = _recorded_ends(session, target_type, row_id, today)
    if as_of is None and ends:
        as_of = ends[-1].at
    lives = [life for life in _lives(ends, kind) if as_of is None or life.has_begun(as_of)]
    return replace(lives[-1], until=lives[-1].until or today)


def name(session: DbSession, target_type: str, row_id: int, life: Lifetime) -> str:
    """Return the name of a row, or the last recorded name of what is gone; "" for none."""
    kind = KINDS.get(target_type)
    if kind is not None and life.until is None:
        found = session.scalar(select(kind.name).where(kind.model.id == row_id))
        if found is not None:
            return str(found)
    query = select(AuditEvent.target_name).where(
        AuditEvent.target_type == target_type, AuditEvent.target_id == row_id
    )
    if life.until is not None:
        query = query.where(AuditEvent.at < life.until)
    return session.scalar(query.order_by(AuditEvent.id.desc()).limit(1)) or ""


def since_of(session: DbSession, target_type: str, row_id: int) -> datetime | None:
    """Return the time from which on events may tell of the row with an id; None for no row."""
    model = KINDS[target_type].model
    created_at = session.scalar(select(model.created_at).where(model.id == row_id))
    return earliest(created_at) if created_at else None


def earliest(created_at: datetime) -> datetime:
    """Return the time from which on events may tell of something that was created then."""
    # Tables that other programs made may keep whole seconds, which MySQL rounds up.
    return created_at if created_at.microsecond else created_at - timedelta(seconds=1)


def _recorded_ends(
    session: DbSession, target_type: str, row_id: int, today: datetime | None
) -> Sequence[Row[str, datetime]]:
    """Return the recorded creations and deletions of an id, the oldest first."""
    kind = KINDS[target_type]
    query = select(AuditEvent.action, AuditEvent.at).where(
        AuditEvent.target_type == target_type,
        AuditEvent.target_id == row_id,
        AuditEvent.action.in_((*kind.created, kind.deleted)),
    )
    if today is not None:
        query = query.where(AuditEvent.at < today)
    return session.execute(query.order_by(AuditEvent.id)).all()


def _lives(ends: Sequence[Row[str, datetime]], kind: TargetKind) -> list[Lifetime]:
    """Return the lifetimes between creations and deletions, the oldest first."""
    lives = [ALWAYS]
    for action, at in ends:
        end = at + TICK if action == kind.deleted else at
        lives[-1] = replace(lives[-1], until=end)
        lives.append(Lifetime(since=end))
    return lives
