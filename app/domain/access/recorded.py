"""The roles of users and the permissions of roles as they were recorded last.

A start holds what everybody had when it was taken, in events of a thousand ids each; later events
change that. Of users and roles from before the start, only what was recorded since is known.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    Table,
    literal_column,
    null,
    select,
    union_all,
)

from app.domain import audit
from app.models import (
    AuditEvent,
    DbSession,
    Permission,
    Role,
    User,
    role_permissions,
    user_roles,
)

AT_ONCE = 1_000
STARTED, RENAMED = "access:recorded", "role:renamed"
_IS_THERE = "is there"
_EVENTS = select(
    *(AuditEvent.id, AuditEvent.at, AuditEvent.action, AuditEvent.target_type),
    *(AuditEvent.target_id, AuditEvent.before, AuditEvent.after),
)


class HeldKind(NamedTuple):
    """A kind of holding: roles by users, or permissions by roles.

    Attributes:
        owner: The type of the holders, as a target.
        start: The type of the events of the start, as a target.
        noun: The things that are held, in the plural.
        gained: The action that records something gained.
        lost: The action that records something lost.
        field: The field of these events.
        model: The model of the holders.
        name: The column with the name of a holder.
        held: The column with the name of what is held.
        pairs: The table with what is held by whom.
    """

    owner: str
    start: str
    noun: str
    gained: str
    lost: str
    field: str
    model: Any
    name: Any
    held: Any
    pairs: Table

    @property
    def created(self) -> str:
        """The action that records a new holder."""
        return f"{self.owner}:created"


ROLES = HeldKind(
    *("user", "assignments", "roles", "role:assigned", "role:unassigned", "role"),
    *(User, User.username, Role.name, user_roles),
)
GRANTS = HeldKind(
    *("role", "grants", "permissions", "permission:granted", "permission:revoked", "codes"),
    *(Role, Role.name, Permission.code, role_permissions),
)


class Holder(NamedTuple):
    """A user with the names of their roles, or a role with the codes of its permissions."""

    id: int
    name: str
    held: frozenset[str]


@dataclass
class RecordedState:
    """The holdings of one holder, according to the record.

    Attributes:
        at: The time of the last event; None if nothing was recorded.
        is_complete: Whether all is known that they have, and not only what was recorded.
        has: Whether they have each thing, by its name.
    """

    at: datetime | None = None
    is_complete: bool = False
    has: dict[str, bool] = field(default_factory=dict)

    def gained(self, held: Collection[str]) -> list[str]:
        """Return what a holder has, sorted, and does not have according to the record."""
        return sorted(name for name in held if not self.has.get(name, not self.is_complete))

    def lost(self, held: Collection[str]) -> list[str]:
        """Return what a holder does not have, sorted, and has according to the record."""
        return sorted(name for name, has in self.has.items() if has and name not in held)

    def begin(self, names: Iterable[str], at: datetime) -> None:
        """Take everything that a holder has."""
        self.is_complete, self.has, self.at = True, dict.fromkeys(names, True), at

    def change(self, names: Iterable[str], at: datetime, *, has: bool) -> None:
        """Take what a holder has gained or lost."""
        self.has.update(dict.fromkeys(names, has))
        self.at = at

    def rename(self, before: str, after: str) -> None:
        """Take the new name of something."""
        if before in self.has:
            self.has[after] = self.has.pop(before)


def states(
    session: DbSession, kind: HeldKind, holders: Collection[Holder]
) -> dict[int, RecordedState]:
    """Return the recorded state of each holder by the id, in one statement."""
    found = {holder.id: RecordedState() for holder in holders}
    created_at: dict[int, datetime] = {}
    for event in _events(session, kind, sorted(found)) if found else ():
        before, after = audit.fields_of(event.before), audit.fields_of(event.after)
        if event.action == _IS_THERE:
            created_at[event.target_id] = audit.earliest(event.at)
        elif event.action == STARTED:
            _begin(found, created_at, event, after)
        elif event.action == RENAMED:
            for state in found.values():
                state.rename(str(before.get("name")), str(after.get("name")))
        elif event.at >= created_at[event.target_id]:
            _change(kind, found[event.target_id], event, before, after)
    return found


def chunk_of(holder_id: int) -> int:
    """Return the number of the event of the start that holds what somebody had."""
    return holder_id // AT_ONCE


def _events(session: DbSession, kind: HeldKind, ids: list[int]) -> Sequence[Any]:
    target, action = AuditEvent.target_type, AuditEvent.action
    actions = (kind.gained, kind.lost, kind.created)
    chunks = {0, *map(chunk_of, ids)}
    wanted: list[tuple[ColumnElement[bool], ...]] = [
        (target == kind.owner, AuditEvent.target_id.in_(ids), action.in_(actions)),
        (target == kind.start, AuditEvent.target_id.in_(sorted(chunks))),
    ]
    if kind is ROLES:
        wanted.append((action == RENAMED,))
    selects = [_EVENTS.where(*conditions) for conditions in wanted]
    query: CompoundSelect[Any] = union_all(*selects, _holders(kind, ids))
    return sorted(session.execute(query).all(), key=lambda event: event.id)


def _holders(kind: HeldKind, ids: list[int]) -> Select[Any]:
    """Return the times since when the holders are there, as rows in front of the events."""
    first, is_there = literal_column("0", BigInteger), literal_column(f"'{_IS_THERE}'", String)
    nothing = null().label("before"), null().label("after")
    model = kind.model
    query: Select[Any] = select(first, model.created_at, is_there, is_there, model.id, *nothing)
    return query.where(model.id.in_(ids))


def _begin(
    found: Mapping[int, RecordedState],
    created_at: Mapping[int, datetime],
    event: Row[Any],
    after: Mapping[str, Any],
) -> None:
    held = after.get("held", {})
    for holder_id, state in found.items():
        is_own = event.target_id == chunk_of(holder_id)
        if is_own and event.at >= created_at[holder_id]:
            state.begin(held.get(str(holder_id), ()), event.at)
        elif is_own or not event.target_id:
            # Whoever came after the start had nothing.
            state.is_complete = True


def _change(
    kind: HeldKind,
    state: RecordedState,
    event: Row[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    if event.action == kind.created:
        state.begin(_names(after, kind.field), event.at)
        return
    has = event.action == kind.gained
    state.change(_names(after if has else before, kind.field), event.at, has=has)


def _names(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name, [])
    return [value] if isinstance(value, str) else list(map(str, value or ()))
