"""The roles by which a user held a permission at the time of an event.

Computed backwards from what is there now, or from what a deletion recorded, as the settings of a
time are: whatever was recorded since is in the record still. What other programs changed and nobody
recorded counts as unchanged, unless nothing else explains the event.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.domain import audit
from app.domain.access.outside import holders_of
from app.domain.access.recorded import GRANTS, RENAMED, ROLES, HeldKind, states
from app.models import AuditEvent, DbSession, Role
from app.models.user import ADMIN

USER_DELETED, ROLE_DELETED, ROLE_CREATED = "user:deleted", "role:deleted", "role:created"
DENIED = "permission:denied"
_COLUMNS: Any = (AuditEvent.id, AuditEvent.action, AuditEvent.target_id)
_EVENTS: Select[Any] = select(*_COLUMNS, AuditEvent.before, AuditEvent.after)

Events = Sequence[Row[Any]]
Since = tuple[ColumnElement[bool], ...]


def roles_at(
    session: DbSession, event: AuditEvent, code: str, *, has_actor: bool
) -> tuple[str, ...] | None:
    """Return the roles by which the actor of an event held a permission, as they were called then.

    Args:
        session: The database session.
        event: The event of a user; what its save itself changed was not so yet.
        code: The permission.
        has_actor: Whether the user is still there.

    Returns:
        The names, sorted; None if the user is gone and no deletion tells which roles they had.
    """
    since = (AuditEvent.at >= event.at, AuditEvent.id >= _first_of_save(session, event))
    of_user = _of_user(session, event, since)
    end = next((one for one in of_user if one.action == USER_DELETED), None)
    if end is None and not has_actor:
        return None
    of_roles = _read(session, AuditEvent.action.in_((RENAMED, ROLE_CREATED, ROLE_DELETED)), *since)
    names = _names_before(session, of_roles)
    changes = [one for one in [*of_user, *of_roles] if end is None or one.id < end.id]
    for is_recorded in (True, False):
        had = (
            _fields(end.before, "roles") if end else _held(session, event, is_recorded=is_recorded)
        )
        held = _held_before(had, changes)
        ids = {row_id for row_id, name in names.items() if name in held}
        granting = _granting(session, ids, code, since, is_recorded=is_recorded)
        found = {names[row_id] for row_id in granting} | ({ADMIN} & held)
        if found or event.action == DENIED:
            break
    return tuple(sorted(found))


def _first_of_save(session: DbSession, event: AuditEvent) -> int:
    query = select(func.min(AuditEvent.id)).where(AuditEvent.save_id == event.save_id)
    return (session.scalar(query) if event.save_id else None) or event.id


def _of_user(session: DbSession, event: AuditEvent, since: Since) -> Events:
    return _read(
        session,
        AuditEvent.target_type == ROLES.owner,
        AuditEvent.target_id == event.actor_id,
        AuditEvent.action.in_((ROLES.gained, ROLES.lost, USER_DELETED)),
        *since,
    )


def _read(session: DbSession, *conditions: ColumnElement[bool]) -> Events:
    return session.execute(_EVENTS.where(*conditions).order_by(AuditEvent.id)).all()


def _held(session: DbSession, event: AuditEvent, *, is_recorded: bool) -> frozenset[str]:
    """Return the names of the actor's roles now."""
    ids = {event.actor_id} - {None}
    return _things(session, ROLES, ids, is_recorded=is_recorded).get(event.actor_id, frozenset())


def _things(
    session: DbSession, kind: HeldKind, ids: Collection[Any], *, is_recorded: bool
) -> dict[Any, frozenset[str]]:
    """Return what users or roles have: as it was recorded last, or as it is stored."""
    holders = holders_of(session, kind, ids)
    if not is_recorded:
        return {holder.id: holder.held for holder in holders}
    recorded = states(session, kind, holders)
    return {
        holder.id: (holder.held - {*recorded[holder.id].gained(holder.held)})
        | {*recorded[holder.id].lost(holder.held)}
        for holder in holders
    }


def _held_before(names: frozenset[str], events: Iterable[Row[Any]]) -> frozenset[str]:
    """Return the names of the roles that a user had before these events."""
    held = set(names)
    for event in sorted(events, key=lambda one: one.id, reverse=True):
        if event.action == ROLES.gained:
            held -= _fields(event.after, ROLES.field)
        elif event.action == ROLES.lost:
            held |= _fields(event.before, ROLES.field)
        elif event.action == RENAMED and held & _fields(event.after, "name"):
            held -= _fields(event.after, "name")
            held |= _fields(event.before, "name")
    return frozenset(held)


def _names_before(session: DbSession, events: Events) -> dict[int, str]:
    """Return the names, by the ID, of the roles that there were before these events."""
    names = {row.id: row.name for row in session.execute(select(Role.id, Role.name))}
    for event in reversed(events):
        if event.action == ROLE_CREATED:
            names.pop(event.target_id, None)
        elif name := audit.fields_of(event.before).get("name"):
            names[event.target_id] = str(name)
    return names


def _granting(
    session: DbSession, ids: Collection[int], code: str, since: Since, *, is_recorded: bool
) -> frozenset[int]:
    """Return those of the roles that granted the permission before what was recorded since."""
    codes = _things(session, GRANTS, ids, is_recorded=is_recorded)
    granting = {row_id for row_id in ids if code in codes.get(row_id, ())}
    changes = _read(
        session,
        AuditEvent.target_type == GRANTS.owner,
        AuditEvent.target_id.in_(sorted(ids)),
        AuditEvent.action.in_((GRANTS.gained, GRANTS.lost, ROLE_DELETED)),
        *since,
    )
    for change in reversed(changes):
        had = _fields(change.before, GRANTS.field)
        if change.action == ROLE_DELETED:
            # An ID that was given again is that of another role.
            granting.discard(change.target_id)
        if code in had:
            granting.add(change.target_id)
        elif code in _fields(change.after, GRANTS.field):
            granting.discard(change.target_id)
    return frozenset(granting)


def _fields(text: str | None, name: str) -> frozenset[str]:
    value = audit.fields_of(text).get(name) or ()
    return frozenset([value] if isinstance(value, str) else map(str, value))
