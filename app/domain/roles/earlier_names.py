"""The roles that had names at the time of an event, although they may have others now."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select

from app.domain import audit
from app.models import AuditEvent, DbSession, Role

RENAMED, DELETED = "role:renamed", "role:deleted"


@dataclass
class _Owners:
    """The owners of names, as the events after a time tell of them.

    Attributes:
        names: The names.
        ids: The ID of the role that had each name; None where that role is gone unrecorded.
    """

    names: Collection[str]
    ids: dict[str, int | None] = field(default_factory=dict)

    def follow(self, event: AuditEvent) -> None:
        """Take what an event tells of a name that no earlier one told of."""
        old, new = (_name(side) for side in (event.before, event.after))
        if old in self.names:
            self.ids.setdefault(old, event.target_id)
        if new in self.names:
            # Another role got the name, so the one that had it went without an event.
            self.ids.setdefault(new, None)


def ids_then(session: DbSession, names: Collection[str], event: AuditEvent) -> dict[str, int]:
    """Return the IDs of the roles that had these names at an event, as far as they still exist.

    Events of assignments hold the name of a role alone. A role that was renamed since is found by
    its later events; one that has the name now is another if it is younger than the event.
    """
    owners = _Owners(names)
    later = select(AuditEvent).where(
        AuditEvent.action.in_((RENAMED, DELETED)), AuditEvent.id > event.id
    )
    for change in session.scalars(later.order_by(AuditEvent.id)):
        owners.follow(change)
    told = {role_id: name for name, role_id in owners.ids.items() if role_id}
    query = select(Role.id, Role.name).where(
        Role.id.in_(told) | Role.name.in_(set(names) - owners.ids.keys()),
        Role.created_at <= event.at,
    )
    return {told.get(row.id, row.name): row.id for row in session.execute(query)}


def _name(fields: str | None) -> str:
    return str(audit.fields_of(fields).get("name", ""))
