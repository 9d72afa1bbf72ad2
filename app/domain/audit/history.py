"""History: the newest changes of everything or of one thing, and what they tell of.

Ids are given again: SQLite gives the id of the newest row, once that is deleted, to the next one.
So what an event tells of is there if a row has its id and is no younger than the event. Of settings
the key decides, which never changes: one that was restored is younger than its history.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession, Role, User

MOST = 8
BY_AGE: dict[str, type[User | Role]] = {"user": User, "role": Role}


@dataclass(frozen=True)
class HistoryEntry:
    """An event, and whether what it tells of is still there."""

    event: AuditEvent
    is_there: bool


def recent(session: DbSession, *, limit: int = MOST) -> list[HistoryEntry]:
    """Return the newest events of all, newest first, in one statement."""
    query = select(AuditEvent, _is_there()).order_by(AuditEvent.id.desc()).limit(limit)
    return [HistoryEntry(event, bool(is_there)) for event, is_there in session.execute(query)]


def history_of(session: DbSession, target: Target, *, limit: int = MOST) -> list[HistoryEntry]:
    """Return the newest events of one thing that is there, newest first, in one statement."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.target_type == target.type, AuditEvent.target_id == target.id)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if target.type in BY_AGE:
        events = session.scalars(_in_lifetime(query, BY_AGE[target.type])).all()
    else:
        events = _of_setting(session.scalars(query).all(), target.name)
    return [HistoryEntry(event, is_there=True) for event in events]


def _is_there() -> ColumnElement[bool]:
    same_key = exists().where(
        ApplicationSetting.id == AuditEvent.target_id,
        ApplicationSetting.key == AuditEvent.target_name,
    )
    kinds = [and_(AuditEvent.target_type == "setting", same_key)]
    for kind, model in BY_AGE.items():
        no_younger = exists().where(
            model.id == AuditEvent.target_id, model.created_at <= AuditEvent.at
        )
        kinds.append(and_(AuditEvent.target_type == kind, no_younger))
    return or_(*kinds)


def _in_lifetime(query: Select[AuditEvent], model: type[User | Role]) -> Select[AuditEvent]:
    created_at = select(model.created_at).where(model.id == AuditEvent.target_id)
    return query.where(AuditEvent.at >= created_at.scalar_subquery())


def _of_setting(events: Sequence[AuditEvent], key: str) -> Sequence[AuditEvent]:
    """Return the events of the key, back to its last deletion that was not undone."""
    same = [event for event in events if event.target_name == key]
    for place, event in enumerate(same):
        was_restored = place > 0 and same[place - 1].action == "setting:restored"
        if event.action == "setting:deleted" and not was_restored:
            return same[:place]
    return same
