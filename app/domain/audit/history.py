"""History: the newest changes of everything or of one thing, and what they tell of.

Ids are given again (`lifetimes`), so what an event tells of is there if a row has its id and is no
younger than the event. Of settings the key decides, which never changes: one that was restored is
younger than its history.

Refusals are added up where they would push changes out: whoever is denied one page after another
takes up a third of the list at most. The record keeps each of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from app.domain import paging
from app.domain.audit.activity import REFUSALS
from app.domain.audit.event_filter import SIGN_INS
from app.domain.audit.lifetimes import KINDS
from app.domain.paging import Cursors, Page, Sort
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession, User

MOST = 20
NEWEST_FIRST = Sort(AuditEvent.id, AuditEvent.id, descending=True, is_unique=True)
OF_ROLES = ("role:assigned", "role:unassigned")
BY_AGE = {name: kind.model for name, kind in KINDS.items() if name != "setting"}
_ACTOR = (AuditEvent.actor_kind, AuditEvent.actor_id, AuditEvent.actor_name, AuditEvent.action)
_TARGET = (AuditEvent.target_type, AuditEvent.target_id, AuditEvent.target_name)

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class HistoryEntry:
    """An event, and whether what it tells of is still there.

    Attributes:
        event: The event; the newest one if several are added up.
        is_there: Whether its target is there.
        has_actor: Whether the user who acted is there.
        times: The number of events.
        targets: The number of different targets.
    """

    event: AuditEvent
    is_there: bool
    times: int = 1
    targets: int = 1
    has_actor: bool = True


def recent(session: DbSession, *, limit: int = MOST) -> list[HistoryEntry]:
    """Return the newest events of all but sign-ins, newest first, in one statement.

    Refusals that have to be added up take two or three more.
    """
    return _entries(session, [AuditEvent.action.not_in(SIGN_INS)], target_is_there(), limit)


def history_of(
    session: DbSession, target: Target, *, limit: int = MOST, actions: Collection[str] = ()
) -> list[HistoryEntry]:
    """Return the newest events of one thing that is there, newest first; see `recent`.

    Args:
        session: The database session.
        target: The thing.
        limit: The maximum number of entries.
        actions: The only actions that are wanted; by default all but sign-ins.
    """
    found = _entries(session, _of_target(target, actions), true(), limit)
    return found if target.type in BY_AGE else _of_setting(found, target.name)


def history_page(
    session: DbSession, target: Target, cursors: Cursors, *, actions: Collection[str] = ()
) -> Page:
    """Return one page of the events of a user or role that exists, newest first.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    query: Any = select(*AuditEvent.__table__.columns).where(*_of_target(target, actions))
    after, before = cursors.after, cursors.before
    return paging.page(session, query, NEWEST_FIRST, after=after, before=before)


def entries(session: DbSession, conditions: Conditions, *, limit: int) -> list[HistoryEntry]:
    """Return the newest events that fulfil the conditions, in one statement."""
    return _read(session, conditions, target_is_there(), limit)


def _entries(
    session: DbSession, conditions: Conditions, is_there: ColumnElement[bool], limit: int
) -> list[HistoryEntry]:
    newest = _read(session, conditions, is_there, limit)
    if not _are_crowded(newest, limit // 3):
        return newest
    others = _read(session, [*conditions, AuditEvent.action.not_in(REFUSALS)], is_there, limit)
    since = others[-1].event.id if len(others) == limit else 0
    since_then = [*conditions, AuditEvent.action.in_(REFUSALS), AuditEvent.id > since]
    refused = _added_up(session, since_then, is_there, limit // 3)
    shown = [*others[: limit - len(refused)], *refused]
    return sorted(shown, key=lambda entry: entry.event.id, reverse=True)


def _read(
    session: DbSession, conditions: Conditions, is_there: ColumnElement[bool], limit: int
) -> list[HistoryEntry]:
    query = select(AuditEvent, is_there).where(*conditions).order_by(AuditEvent.id.desc())
    return [
        HistoryEntry(event, bool(there)) for event, there in session.execute(query.limit(limit))
    ]


def _are_crowded(entries: Sequence[HistoryEntry], most: int) -> bool:
    """Tell whether one refusal is repeated, or refusals are more than so many."""
    events = [entry.event for entry in entries if entry.event.action in REFUSALS]
    keys = {
        (event.actor_kind, event.actor_id, event.actor_name, event.action, event.target_name)
        for event in events
    }
    return len(events) > min(len(keys), most)


def _added_up(
    session: DbSession, conditions: Conditions, is_there: ColumnElement[bool], most: int
) -> list[HistoryEntry]:
    """Return the refusals by actor and target; by actor alone if these are too many."""
    by_target = _groups(session, conditions, (*_ACTOR, *_TARGET), is_there, most + 1)
    if len(by_target) <= most:
        return by_target
    return _groups(session, conditions, _ACTOR, is_there, most)


def _groups(
    session: DbSession,
    conditions: Conditions,
    keys: Sequence[Any],
    is_there: ColumnElement[bool],
    limit: int,
) -> list[HistoryEntry]:
    newest = func.max(AuditEvent.id)
    counts = func.count(), func.count(AuditEvent.target_name.distinct())
    query = select(newest, *counts).where(*conditions).group_by(*keys)
    groups = {
        row[0]: row[1:] for row in session.execute(query.order_by(newest.desc()).limit(limit))
    }
    entries = _read(session, [AuditEvent.id.in_(groups)], is_there, limit)
    return [HistoryEntry(row.event, row.is_there, *groups[row.event.id]) for row in entries]


def target_is_there() -> ColumnElement[bool]:
    """Return the condition that what an event tells of is still there."""
    same_key = exists().where(
        ApplicationSetting.id == AuditEvent.target_id,
        ApplicationSetting.key == AuditEvent.target_name,
    )
    kinds = [and_(AuditEvent.target_type == "setting", same_key)]
    for kind, model in BY_AGE.items():
        kinds.append(and_(AuditEvent.target_type == kind, _in_lifetime(model)))
    return or_(*kinds)


def actor_is_there() -> ColumnElement[bool]:
    """Return the condition that the user who acted is still there."""
    return exists().where(User.id == AuditEvent.actor_id, User.created_at <= AuditEvent.at)


def _of_target(target: Target, actions: Collection[str]) -> list[ColumnElement[bool]]:
    action = AuditEvent.action
    wanted = action.in_(actions) if actions else action.not_in(SIGN_INS)
    conditions = [AuditEvent.target_type == target.type, AuditEvent.target_id == target.id, wanted]
    return [
        *conditions,
        *(_in_lifetime(model) for kind, model in BY_AGE.items() if kind == target.type),
    ]


def _in_lifetime(model: Any) -> ColumnElement[bool]:
    # Not a bound of the time itself: SQLite would look for an index by the time, and sort.
    return exists().where(model.id == AuditEvent.target_id, model.created_at <= AuditEvent.at)


def _of_setting(entries: Sequence[HistoryEntry], key: str) -> list[HistoryEntry]:
    """Return the events of the key, back to its last deletion that was not undone."""
    same = [entry for entry in entries if entry.event.target_name == key]
    for place, entry in enumerate(same):
        was_restored = place > 0 and same[place - 1].event.action == "setting:restored"
        if entry.event.action == "setting:deleted" and not was_restored:
            return same[:place]
    return same
