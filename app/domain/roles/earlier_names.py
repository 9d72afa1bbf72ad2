"""The roles that had names at the time of an event, although they may have others now."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from app.domain import audit
from app.models import AuditEvent, DbSession, Role

RENAMED, DELETED, CREATED = "role:renamed", "role:deleted", "role:created"


class EarlierRoles(NamedTuple):
    """The roles that had names at the time of an event.

    Attributes:
        ids: The IDs of those that still exist, by these names.
        deletions: The IDs of the events that record the deletion of others, by these names.
    """

    ids: dict[str, int]
    deletions: dict[str, int]


@dataclass
class _Owners:
    """The owners of names, as the events after a time tell of them.

    Attributes:
        names: The names.
        ids: The ID of the role that had each name; None where that role is gone unrecorded.
        deleted: The names of those that were deleted, by the event of the deletion.
        restored: The IDs of those that were restored.
    """

    names: Collection[str]
    ids: dict[str, int | None] = field(default_factory=dict)
    deleted: dict[int, str] = field(default_factory=dict)
    restored: set[int] = field(default_factory=set)

    def follow(self, event: AuditEvent) -> None:
        """Take what an event tells of a name that no earlier one told of."""
        if event.action == CREATED:
            self._follow_restore(event)
            return
        old, new = (_name(side) for side in (event.before, event.after))
        if old in self.names:
            self.ids.setdefault(old, event.target_id)
        if new in self.names:
            # Another role got the name, so the one that had it went without an event.
            self.ids.setdefault(new, None)
        if event.action == DELETED:
            gone = {name: event.id for name, id_ in self.ids.items() if id_ == event.target_id}
            self.deleted |= {event_id: name for name, event_id in gone.items()}

    def _follow_restore(self, event: AuditEvent) -> None:
        name = self.deleted.get(audit.undone_id(event) or 0)
        if name is not None and event.target_id is not None:
            self.ids[name] = event.target_id
            self.restored.add(event.target_id)


def roles_then(session: DbSession, names: Collection[str], event: AuditEvent) -> EarlierRoles:
    """Return the roles that had these names at an event, as far as the record tells.

    Events of assignments hold the name of a role alone. A role that was renamed since is found by
    its later events, and so is one that was deleted and restored; another one that has the name now
    is younger than the event.
    """
    owners = _Owners(names)
    # A deletion is recorded before the removals from members that are a part of it.
    of_save = and_(AuditEvent.save_id == event.save_id, AuditEvent.action == DELETED)
    later = select(AuditEvent).where(
        AuditEvent.action.in_((RENAMED, DELETED, CREATED)),
        or_(AuditEvent.id > event.id, of_save),
    )
    for change in session.scalars(later.order_by(AuditEvent.id)):
        owners.follow(change)
    told = {role_id: name for name, role_id in owners.ids.items() if role_id}
    query = select(Role.id, Role.name).where(
        Role.id.in_(told) | Role.name.in_(set(names) - owners.ids.keys()),
        (Role.created_at <= event.at) | Role.id.in_(owners.restored),
    )
    ids = {told.get(row.id, row.name): row.id for row in session.execute(query)}
    deletions = {name: number for number, name in owners.deleted.items() if name not in ids}
    return EarlierRoles(ids, deletions)


def _name(fields: str | None) -> str:
    return str(audit.fields_of(fields).get("name", ""))
