"""A record of a million events: pages of the audit log, verification and export."""

import resource
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select, update

from app import unit_of_work
from app.domain import audit, event_export, settings
from app.domain.audit import EventFilter, chain, keys
from app.extensions import db
from app.models import AuditEvent, ChainEntry, ChainHead
from bench import audit_log
from tests.support.databases import Databases, close
from tools.trust.consoles import Outcome

FEW, MANY, AT_ONCE = 1_000, 1_000_000, 5_000
SLOWER, FASTEST, MEBIBYTE = 1.3, 50_000, 2**20
MOST_MEMORY = 16  # MiB


def trials(databases: Databases, name: str, events: int = MANY) -> Iterator[Outcome]:
    """Fill two databases, and measure what depends on their size."""
    small = audit_log.console(databases.make(name).url, FEW)
    large = audit_log.console(databases.make(name).url, events)
    yield _pages(dict(audit_log.times([small, large])), events)
    with large.app_context():
        _chain_all()
        yield _verification(events)
        yield _export(events)
        db.session.remove()
    for app in (small, large):
        close(app)


def _pages(times: dict[str, list[float]], events: int) -> Outcome:
    slowest, (few, many) = max(times.items(), key=lambda row: row[1][1] / row[1][0])
    result = f"{many / few:.2f} times at most ({slowest}: {few:.1f} and {many:.1f} ms)"
    trial = f"pages of the audit log: {events:,} events take 1.3 times as long as {FEW:,}"
    return Outcome(trial, result, many / few <= SLOWER)


def _chain_all() -> None:
    """Chain the events, which were inserted for the trial, as the console would have."""
    connection = db.session.connection(execution_options={"write": True})
    key, link, last = keys.keys_of(connection).current, chain.START, 0
    query = select(*chain.COLUMNS).order_by(AuditEvent.id).limit(AT_ONCE)
    while rows := connection.execute(query.where(AuditEvent.id > last)).all():
        entries = []
        for row in rows:
            link = link.follow(row, key)
            entry = {"id": link.sequence, "event_id": row.id, "hash": link.hash, "key_id": key.id}
            entries.append(entry)
        connection.execute(insert(ChainEntry), entries)
        last = rows[-1].id
    head = link._asdict() | {"signature": link.signature(key), "key_id": key.id}
    connection.execute(update(ChainHead).values(head))
    db.session.commit()


def _verification(events: int) -> Outcome:
    start, used = time.monotonic(), time.process_time()
    verified = audit.verify(db.session, release=db.session.rollback)
    seconds, used = time.monotonic() - start, time.process_time() - used
    rate = verified.events / used
    result = f"{rate:,.0f} ({verified.events / seconds:,.0f} in a second of the clock)"
    trial = f"verification of {events:,} events: {FASTEST:,} in a second of its processor"
    return Outcome(trial, result, verified.events == events and rate >= FASTEST)


def _export(events: int) -> Outcome:
    batches = unit_of_work.in_batches(partial(audit.export_batch, EventFilter(sign_ins=True)))
    pieces = event_export.encoded(batches, settings.secret_marks(db.session), "jsonl")
    size = len(next(pieces))
    start, before, peak = time.monotonic(), _resident(), 0
    for piece in pieces:
        size += len(piece)
        peak = max(peak, _resident())
    seconds, growth = time.monotonic() - start, max(peak - before, 0) / MEBIBYTE
    result = f"{size / MEBIBYTE:,.0f} MiB in {seconds:.0f} s, {growth:.1f} MiB more memory"
    trial = f"export of {events:,} events in constant memory, {MOST_MEMORY} MiB more at most"
    return Outcome(trial, result, growth <= MOST_MEMORY)


def _resident() -> int:
    """Return the bytes of memory that the process has at this moment."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()
