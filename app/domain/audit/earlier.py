"""Events from before the chain: an event of the chain covers them by a digest."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.domain.actor import Actor
from app.domain.audit.chain import COLUMNS, canonical
from app.domain.audit.events import fields_of, record
from app.domain.target import Target
from app.models import AuditEvent, ChainEntry, DbSession

STARTED = "audit:started"
TARGET = Target("audit", "console_audit_events")
AT_ONCE = 5_000
# Called after each batch, to end the transaction that was read in: on SQLite, whoever reads keeps
# others from committing.
Release = Callable[[], object]
_UNCHAINED = select(*COLUMNS).outerjoin(ChainEntry, ChainEntry.event_id == AuditEvent.id)
_UNCHAINED = _UNCHAINED.where(ChainEntry.id.is_(None)).order_by(AuditEvent.id).limit(AT_ONCE)


class EarlierEvents(NamedTuple):
    """The events from before the chain: how many there are, the last one's id, their digest."""

    events: int
    up_to: int
    digest: str


def is_chained(session: DbSession) -> bool:
    """Tell whether the chain has begun."""
    return session.scalar(select(ChainEntry.id).limit(1)) is not None


def find_earlier(session: DbSession, *, release: Release) -> EarlierEvents | None:
    """Return the events that are to be covered; None if there are none, or they are already."""
    if started(session) is not None:
        return None
    last = session.scalar(select(func.max(AuditEvent.id)))
    found = digest_up_to(session, last or 0, release)
    return found if found.events else None


def start(session: DbSession, earlier: EarlierEvents, reason: str = "", *, actor: Actor) -> None:
    """Record the digest of the events from before the chain, as an event of the chain."""
    record(session, STARTED, TARGET, actor=actor, after=earlier._asdict(), reason=reason)


def started(session: DbSession) -> EarlierEvents | None:
    """Return the events from before the chain, as it was recorded when the chain began."""
    query = select(AuditEvent.after).where(
        AuditEvent.target_type == TARGET.type, AuditEvent.action == STARTED
    )
    fields = fields_of(session.scalar(query.order_by(AuditEvent.id).limit(1)))
    try:
        return EarlierEvents(**fields) if fields else None
    except TypeError:  # somebody has edited it
        return EarlierEvents(0, 0, "")


def digest_up_to(session: DbSession, up_to: int, release: Release) -> EarlierEvents:
    """Return the events that are not chained, up to an id, with their digest."""
    digest, count, last = hashlib.sha256(), 0, 0
    for stored_event in _unchained(session, up_to, release):
        digest.update(canonical(stored_event) + b"\n")
        count, last = count + 1, stored_event.id
    return EarlierEvents(count, last, digest.hexdigest())


def _unchained(session: DbSession, up_to: int, release: Release) -> Iterator[Any]:
    last: int | None = 0
    while last is not None:
        query = _UNCHAINED.where(AuditEvent.id > last, AuditEvent.id <= up_to)
        some = session.execute(query).all()
        release()
        yield from some
        last = some[-1].id if len(some) == AT_ONCE else None
