"""The chain of events: what is recorded is chained before its transaction is committed.

The hash of an event covers all of its columns, its place in the chain and the hash before it, so
that no event can be edited, inserted, removed or moved unnoticed by whoever lacks the key.
"""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any, NamedTuple

from sqlalchemy import Connection, event, insert, select, update
from sqlalchemy.orm import Session

from app.domain.audit import anchors, event_lines
from app.domain.audit.anchors import Anchor
from app.domain.audit.keys import AuditKey, keys_of
from app.domain.audit.saves import Save
from app.models import AuditEvent, ChainEntry, ChainHead, DbSession

_SAVES = "saves_to_chain"
_ANCHOR = "anchor_to_log"
_CHAINED = "chained_events"
_AT = 1  # the place of the time among the columns
COLUMNS = (
    *(AuditEvent.id, AuditEvent.at),
    *(AuditEvent.actor_kind, AuditEvent.actor_id, AuditEvent.actor_name),
    *(AuditEvent.session_id, AuditEvent.address, AuditEvent.action),
    *(AuditEvent.target_type, AuditEvent.target_id, AuditEvent.target_name),
    *(AuditEvent.before, AuditEvent.after, AuditEvent.reason),
    *(AuditEvent.request_id, AuditEvent.save_id),
)
Rows = Sequence[Any]
_Saves = list[tuple[Save, Rows | None]]
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Link(NamedTuple):
    """A place in the chain: its number, and the hash of its event."""

    sequence: int
    hash: str

    def follow(self, stored_event: Sequence[Any], key: AuditKey) -> "Link":
        """Return the link of the event that follows this one."""
        sequence = self.sequence + 1
        message = f"{sequence}\n{self.hash}\n".encode() + canonical(stored_event)
        return Link(sequence, key.sign(message))

    def signature(self, key: AuditKey) -> str:
        """Return the signature of the chain that ends here."""
        return key.sign(f"head\n{self.sequence}\n{self.hash}".encode())


START = Link(0, "")


def canonical(stored_event: Sequence[Any]) -> bytes:
    """Return an event as it is hashed: a JSON array of its columns, the time in ISO 8601 and UTC.

    Args:
        stored_event: The columns in the order of `COLUMNS`, as they were read from the database;
            the time may be text in UTC, as SQLite and MySQL have it.
    """
    values = list(stored_event)
    at = values[_AT]
    if isinstance(at, str):
        values[_AT] = f"{at[:10]}T{at[11:]}+00:00"
    else:
        values[_AT] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _encoded(values).encode()


def remember(session: DbSession, save: Save, events: Rows | None = None) -> None:
    """Remember that the running transaction has recorded events of a save.

    Args:
        session: The database session.
        save: The save.
        events: The columns of these events as the database returned them; None to read them.
    """
    session.info.setdefault(_SAVES, []).append((save, events))


def seal(session: DbSession) -> None:
    """Chain the events that the running transaction has recorded; the last thing before COMMIT.

    The head is the last row that a transaction locks, so that nobody who waits for it keeps a row
    that its holder wants.
    """
    saves: _Saves = session.info.pop(_SAVES, [])
    if saves:
        _chain(session, saves)


def locked_head(connection: Connection) -> Link:
    """Lock the head until the transaction ends, and return it."""
    # Not overtaken on SQLite either, which ignores FOR UPDATE: the transaction has written before,
    # an event at least, and nobody else writes until it ends.
    query = select(ChainHead.sequence, ChainHead.hash).with_for_update()
    sequence, hashed = connection.execute(query).one()
    return Link(sequence, hashed)


def _chain(session: DbSession, saves: _Saves) -> None:
    connection = session.connection()
    key = keys_of(connection).current
    events = _stored_events(connection, saves)
    if not events:
        return
    link, entries = locked_head(connection), []
    for stored_event in events:
        link = link.follow(stored_event, key)
        entries.append(
            {
                "id": link.sequence,
                "event_id": stored_event.id,
                "hash": link.hash,
                "key_id": key.id,
            }
        )
    connection.execute(insert(ChainEntry), entries)
    head = link._asdict() | {"signature": link.signature(key), "key_id": key.id}
    connection.execute(update(ChainHead).values(head))
    session.info[_ANCHOR] = Anchor(*link)
    session.info.setdefault(_CHAINED, []).append((entries[0]["id"], events))


def _stored_events(connection: Connection, saves: _Saves) -> Rows:
    """Return the events of saves by id, as the database has stored them: the hash is of that."""
    returned = [events for _, events in saves if events is not None]
    if len(returned) < len(saves):
        return connection.execute(_recorded([save for save, _ in saves])).all()
    return sorted(itertools.chain(*returned), key=lambda stored_event: stored_event.id)


def _recorded(saves: list[Save]) -> Any:
    # The index is on the time; there is none on the id of the save.
    times = [save.at for save in saves]
    query = select(*COLUMNS).where(AuditEvent.at.between(min(times), max(times)))
    return query.where(AuditEvent.save_id.in_({save.id for save in saves})).order_by(AuditEvent.id)


@event.listens_for(Session, "before_commit")
def _seal_before_commit(session: Session) -> None:
    seal(session)


@event.listens_for(Session, "after_commit")
def _log_after_commit(session: Session) -> None:
    for first_sequence, events in session.info.pop(_CHAINED, ()):
        event_lines.tell(first_sequence, events)
    if anchor := session.info.pop(_ANCHOR, None):
        anchors.log_at_intervals(anchor)


@event.listens_for(Session, "after_soft_rollback")
def _read_after_savepoint(session: Session, _: Any) -> None:
    # It may have taken back some of them.
    session.info[_SAVES] = [(save, None) for save, _ in session.info.get(_SAVES, ())]


@event.listens_for(Session, "after_rollback")
def _forget_after_rollback(session: Session) -> None:
    session.info.pop(_SAVES, None)
    session.info.pop(_ANCHOR, None)
    session.info.pop(_CHAINED, None)
