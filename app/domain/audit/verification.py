"""Verification of the chain: the first event that was edited, inserted, removed or moved."""

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, String, cast, func, select
from sqlalchemy.orm import scoped_session

from app.domain.audit.anchors import Anchor
from app.domain.audit.chain import COLUMNS, START, Link
from app.domain.audit.earlier import EarlierEvents, Release, digest_up_to, started
from app.domain.audit.keys import NO_KEY, AuditKey, AuditKeys, keys_of
from app.domain.audit.pruning import Checkpoint, last_checkpoint
from app.domain.phrases import counted
from app.models import AuditEvent, ChainEntry, ChainHead, DbSession

AT_ONCE = 5_000
_ENTRY = (ChainEntry.id, ChainEntry.event_id, ChainEntry.hash, ChainEntry.key_id)
# Where times are stored as text, or the driver makes them of text, making them of it takes a tenth
# of the time.
_TEXTS = [cast(column, String(26)) if column.key == "at" else column for column in COLUMNS]
_COLUMNS = {"mysql": _TEXTS, "sqlite": _TEXTS}
_OF_ENTRY = len(_ENTRY)


class BrokenChain(Exception):
    """The chain is not what the console has written; names the first bad event.

    Attributes:
        event_id: The event, where there is one to name.
    """

    def __init__(self, sentence: str, event_id: int | None = None) -> None:
        super().__init__(sentence)
        self.event_id = event_id


class Head(NamedTuple):
    """The stored end of the chain, and the highest number of an entry."""

    link: Link
    signature: str
    key_id: str
    allows_changes: bool
    highest: int


@dataclass
class Verified:
    """The extent of a verification: numbers of events, and the link at which the chain ends."""

    events: int = 0
    without_key: int = 0
    earlier: int = 0
    link: Link = START


@dataclass
class _Walk:
    """A walk along the chain, from a checkpoint to its end."""

    keys: AuditKeys
    anchors: dict[int, str]
    checkpoint: Checkpoint | None
    require_key: bool
    done: Verified = field(default_factory=Verified)
    has_met_checkpoint: bool = False

    def take(self, row: Row[Any]) -> None:
        """Go on to the next entry.

        Raises:
            BrokenChain: It is not the next one, or not of its event.
        """
        sequence, event_id, hashed, key_id, stored_event = *row[:_OF_ENTRY], row[_OF_ENTRY:]
        self._demand_order(sequence, event_id)
        if stored_event[0] is None:
            raise BrokenChain(f"Event {event_id} was removed.", event_id)
        link = self.done.link.follow(stored_event, self._key(key_id, f"Event {event_id}"))
        if link.hash != hashed:
            raise BrokenChain(f"Event {event_id} was edited or moved.", event_id)
        if self.anchors.pop(sequence, hashed) != hashed:
            raise BrokenChain(f"Event {event_id} is not the one of the anchor.", event_id)
        if self.checkpoint is not None and event_id == self.checkpoint.event_id:
            self.has_met_checkpoint = True
        self.done.link = link
        self.done.events += 1
        self.done.without_key += key_id == NO_KEY.id

    def end(self, head: Head) -> None:
        """Compare the end of the chain with its head.

        Raises:
            BrokenChain: They differ.
        """
        link = self.done.link
        missing = max([head.link.sequence, *self.anchors]) - link.sequence
        if missing > 0:
            count = counted(missing, "is", "are")
            raise BrokenChain(f"The last events were cut off: {count} missing.")
        key = self._key(head.key_id, "The end of the chain")
        if link != START and (head.link != link or head.signature != link.signature(key)):
            raise BrokenChain("The end of the chain is not the signed one: events were cut off.")
        if self.checkpoint is not None and not self.has_met_checkpoint:
            raise BrokenChain("Events were removed: the record of pruning is not in the chain.")

    def _demand_order(self, sequence: int, event_id: int) -> None:
        expected = self.done.link.sequence + 1
        if sequence != expected:
            lost = f"{expected}" if sequence == expected + 1 else f"{expected} to {sequence - 1}"
            raise BrokenChain(f"Before event {event_id}, the chain lacks place {lost}.", event_id)

    def _key(self, key_id: str, what: str) -> AuditKey:
        if self.require_key and key_id == NO_KEY.id:
            raise BrokenChain(f"{what} has no key.")
        try:
            return self.keys.by_id[key_id]
        except KeyError:
            raise BrokenChain(
                f"{what} was signed with the key {key_id}, which is not set here:"
                " add it to AUDIT_KEY_FALLBACKS."
            ) from None


def verify(
    session: DbSession,
    anchors: Iterable[Anchor] = (),
    *,
    require_key: bool = False,
    release: Release = lambda: None,
) -> Verified:
    """Verify every event that there is now, in constant memory.

    Args:
        session: The database session.
        anchors: Links that the chain must have.
        require_key: Whether an event without a key is wrong.
        release: Called between batches, to end the transaction that was read in.

    Returns:
        What was verified.

    Raises:
        BrokenChain: Something is wrong; names the first bad event.
    """
    head = read_head(session)
    checkpoint = last_checkpoint(session)
    first = START if checkpoint is None else checkpoint.link
    known = {anchor.sequence: anchor.hash for anchor in anchors}
    if known.get(first.sequence, first.hash) != first.hash:
        raise BrokenChain(f"The chain does not have the anchor of place {first.sequence}.")
    remaining = {number: hashed for number, hashed in known.items() if number > first.sequence}
    keys = keys_of(session.connection())
    walk = _Walk(keys, remaining, checkpoint, require_key, Verified(link=first))
    with closing(_entries(session, first.sequence, head.link.sequence, release)) as rows:
        for row in rows:
            walk.take(row)
    walk.end(head)
    if head.highest > head.link.sequence:
        raise BrokenChain("The end of the chain was changed: there are entries behind it.")
    walk.done.earlier = _verify_unchained(session, checkpoint, release)
    return walk.done


def read_head(session: DbSession) -> Head:
    """Return the end of the chain.

    Raises:
        BrokenChain: It is not there.
    """
    highest = select(func.coalesce(func.max(ChainEntry.id), 0)).scalar_subquery()
    query = select(
        *(ChainHead.sequence, ChainHead.hash, ChainHead.signature, ChainHead.key_id),
        *(ChainHead.allows_changes, highest),
    )
    row = session.execute(query).first()
    if row is None:
        raise BrokenChain("The end of the chain was removed from console_audit_head.")
    return Head(Link(row[0], row[1]), *row[2:])


def head(session: DbSession) -> Anchor:
    """Return the end of the chain as an anchor.

    Raises:
        BrokenChain: It is not there.
    """
    return Anchor(*read_head(session).link)


def _entries(session: DbSession, after: int, up_to: int, release: Release) -> Generator[Any]:
    """Yield the entries with their events; a thread reads the next ones meanwhile."""
    plain = session() if isinstance(session, scoped_session) else session
    columns = _COLUMNS.get(plain.get_bind().dialect.name, COLUMNS)

    def read(last: int) -> Sequence[Row[Any]]:
        rows = plain.execute(_batch(columns, last, up_to)).all()
        release()
        return rows

    with ThreadPoolExecutor(1) as thread:
        some = read(after)
        while some:
            # The thread finds the session by what this one has in its context.
            ahead = thread.submit(copy_context().run, read, some[-1].id)
            yield from some
            some = ahead.result()


def _batch(columns: Sequence[Any], after: int, up_to: int) -> Select[Any]:
    # The limit is within, so that events are looked up one by one: PostgreSQL might read them all.
    some = select(*_ENTRY).where(ChainEntry.id > after, ChainEntry.id <= up_to)
    entry = some.order_by(ChainEntry.id).limit(AT_ONCE).subquery()
    query: Select[Any] = select(*entry.columns, *columns)
    query = query.outerjoin_from(entry, AuditEvent, AuditEvent.id == entry.c.event_id)
    return query.order_by(entry.c.id)


def _verify_unchained(session: DbSession, checkpoint: Checkpoint | None, release: Release) -> int:
    """Verify the events from before the chain; return how many there are."""
    covered = started(session) or EarlierEvents(0, 0, "")
    pruned = 0 if checkpoint is None else checkpoint.earlier_up_to
    query = select(func.min(AuditEvent.id)).outerjoin(
        ChainEntry, ChainEntry.event_id == AuditEvent.id
    )
    query = query.where(ChainEntry.id.is_(None), AuditEvent.id > max(covered.up_to, pruned))
    inserted = session.scalar(query)
    release()
    if inserted is not None:
        raise BrokenChain(f"Event {inserted} was inserted: it is not in the chain.", inserted)
    if covered.up_to <= pruned:
        return 0
    if covered.events and digest_up_to(session, covered.up_to, release) != covered:
        raise BrokenChain("An event from before the chain was edited, inserted or removed.")
    return covered.events
