"""The end of the chain, checked without reading the rest of it."""

from sqlalchemy import func, select

from app.domain.audit.chain import START, Link
from app.domain.audit.keys import NO_KEY, keys_of
from app.domain.audit.verification import BrokenChain, read_head
from app.models import ChainEntry, DbSession


def problem_of_end(session: DbSession) -> str | None:
    """Return what is wrong with the end of the chain, if anything is."""
    try:
        head = read_head(session)
    except BrokenChain as fault:
        return str(fault)
    query = select(ChainEntry.id, ChainEntry.hash).order_by(ChainEntry.id.desc()).limit(1)
    last = session.execute(query).first()
    end = START if last is None else Link(last.id, last.hash)
    key = keys_of(session.connection()).by_id.get(head.key_id)
    is_signed = key is None or end == START or head.signature == end.signature(key)
    if head.link != end or not is_signed:
        return "The end of the chain of audit events is not the signed one."
    if head.allows_changes:
        return "Audit events can be deleted: allows_changes is set in console_audit_head."
    return None


def count_without_key(session: DbSession) -> int:
    """Count the events that a process without a key has recorded."""
    query = select(func.count()).select_from(ChainEntry).where(ChainEntry.key_id == NO_KEY.id)
    return session.scalar(query) or 0


def length_of_chain(session: DbSession, up_to: int | None = None) -> int:
    """Return the number of places from the first entry that was not pruned to the last one.

    Args:
        session: The database session.
        up_to: The place to count to; None for the last one.
    """
    first, last = session.execute(select(func.min(ChainEntry.id), func.max(ChainEntry.id))).one()
    return 0 if first is None else (last if up_to is None else up_to) - first + 1
