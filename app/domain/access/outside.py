"""Changes from outside: roles and permissions that differ from what was recorded last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.domain import audit
from app.domain.access.recorded import (
    AT_ONCE,
    ROLES,
    STARTED,
    HeldKind,
    Holder,
    RecordedState,
    states,
)
from app.domain.actor import OUTSIDE, Actor
from app.domain.audit import Change
from app.domain.target import Target
from app.models import AuditEvent, DbSession, Permission, Role
from app.models.user import ADMIN


@dataclass(frozen=True)
class AccessFromOutside:
    """Roles or permissions that another program gave to somebody, or took from them.

    Attributes:
        target: The user or the role.
        gained: The roles, or the permissions, that were added.
        lost: Those that were removed.
        since: The time of the last record; None if there is none.
    """

    target: Target
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    since: datetime | None

    @property
    def reason(self) -> str:
        """The sentence that stands for the reason, which nobody knows."""
        return f"Last recorded on {self.since:%Y-%m-%d at %H:%M} UTC." if self.since else ""


def access_from_outside(
    session: DbSession, kind: HeldKind, holders: Collection[Holder]
) -> list[AccessFromOutside]:
    """Return the holders who have something else than was recorded last, in one statement.

    What was never recorded is no difference.
    """
    recorded = states(session, kind, holders)
    changes = (_compared(kind, holder, recorded[holder.id]) for holder in holders)
    return [change for change in changes if change.gained or change.lost]


def record_access_from_outside(
    session: DbSession, kind: HeldKind, holders: Collection[Holder]
) -> int:
    """Record what other programs changed, each once, before it is changed again.

    Args:
        session: The database session; the caller commits it, and holds the lock of access changes.
        kind: What is held.
        holders: The users or roles as they are stored.

    Returns:
        The number of users or roles.
    """
    changes = access_from_outside(session, kind, holders)
    for change in changes:
        events = [(change.target, event) for event in _events(kind, change)]
        audit.record_save(session, events, actor=OUTSIDE, reason=change.reason)
    return len(changes)


def _compared(kind: HeldKind, holder: Holder, recorded: RecordedState) -> AccessFromOutside:
    return AccessFromOutside(
        Target(kind.owner, holder.name, holder.id),
        tuple(recorded.gained(holder.held)),
        tuple(recorded.lost(holder.held)),
        recorded.at,
    )


def _events(kind: HeldKind, change: AccessFromOutside) -> list[Change]:
    if kind is ROLES:
        return [
            *(Change(kind.gained, after={kind.field: name}) for name in change.gained),
            *(Change(kind.lost, before={kind.field: name}) for name in change.lost),
        ]
    sides = (
        Change(kind.gained, after={kind.field: list(change.gained)}) if change.gained else None,
        Change(kind.lost, before={kind.field: list(change.lost)}) if change.lost else None,
    )
    return [side for side in sides if side]


def holders_of(session: DbSession, kind: HeldKind, ids: Collection[int]) -> list[Holder]:
    """Return users with their roles, or roles with their permissions, in one statement.

    The role ``admin``, which grants everything, is left out.
    """
    owner, owned = kind.pairs.columns
    model = kind.model
    held = Role if kind.held.class_ is Role else Permission
    query = select(model.id, kind.name.label("name"), kind.held.label("held"))
    query = query.outerjoin(kind.pairs, owner == model.id).outerjoin(held, held.id == owned)
    query = query.where(model.id.in_(sorted(ids))).order_by(model.id)
    found: dict[int, tuple[str, set[str]]] = {}
    for row in session.execute(query.where(Role.name != ADMIN) if model is Role else query):
        _, held_by_row = found.setdefault(row.id, (row.name, set()))
        held_by_row.update({row.held} - {None})
    return [Holder(id_, name, frozenset(names)) for id_, (name, names) in found.items()]


def chunks(session: DbSession, kind: HeldKind) -> list[int]:
    """Return the numbers of all parts of users or roles, a thousand ids each, the highest first."""
    query = select(kind.model.id // AT_ONCE).distinct()
    return sorted({0, *map(int, session.scalars(query))}, reverse=True)


def holders_in(session: DbSession, kind: HeldKind, chunk: int) -> list[Holder]:
    """Return the users or roles of a part; see `chunks`."""
    first = chunk * AT_ONCE
    query = select(kind.model.id).where(kind.model.id.between(first, first + AT_ONCE - 1))
    return holders_of(session, kind, list(session.scalars(query)))


def is_started(session: DbSession, kind: HeldKind) -> bool:
    """Tell whether the start was taken."""
    query = exists().where(AuditEvent.target_type == kind.start, AuditEvent.target_id == 0)
    return bool(session.scalar(select(query)))


def record_start(session: DbSession, kind: HeldKind, chunk: int, *, actor: Actor) -> int:
    """Record what the users or roles of a part have, as the start; return how many there are.

    The part 0 is the last one: it says that the start is whole.
    """
    holders = holders_in(session, kind, chunk)
    held = {str(holder.id): sorted(holder.held) for holder in holders if holder.held}
    target = Target(kind.start, f"{kind.noun} of {kind.owner}s", chunk)
    audit.record(session, STARTED, target, actor=actor, after={"held": held})
    return len(holders)
