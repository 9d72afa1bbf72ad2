"""Tampering with the record, as somebody does it who may write the database."""

from collections.abc import Callable

from sqlalchemy import delete, func, insert, select, update

from app.domain import audit
from app.domain.audit import BrokenChain
from app.extensions import db
from app.models import AuditEvent, ChainEntry, ChainHead


def found() -> dict[str, bool]:
    """Tamper in five ways, each taken back afterwards; tell of each whether it is found."""
    kinds: dict[str, Callable[[], None]] = {
        "edited": _edit,
        "inserted": _insert,
        "removed": _remove,
        "moved": _move,
        "cut off": _cut_off,
    }
    return {name: _is_found(tamper) for name, tamper in kinds.items()}


def _is_found(tamper: Callable[[], None]) -> bool:
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.execute(update(ChainHead).values(allows_changes=True))
    tamper()
    try:
        audit.verify(db.session)
    except BrokenChain:
        return True
    finally:
        db.session.rollback()
    return False


def _middle() -> int:
    highest = db.session.scalar(select(func.max(ChainEntry.id))) or 0
    return highest // 2


def _event(place: int) -> int:
    query = select(ChainEntry.event_id).where(ChainEntry.id == place)
    return db.session.scalars(query).one()


def _edit() -> None:
    event_id = _event(_middle())
    db.session.execute(update(AuditEvent).where(AuditEvent.id == event_id).values(reason="Other."))


def _insert() -> None:
    columns = [column for column in AuditEvent.__table__.columns if column.name != "id"]
    copied = select(*columns).where(AuditEvent.id == _event(_middle()))
    names = [column.name for column in columns]
    db.session.execute(insert(AuditEvent).from_select(names, copied))


def _remove() -> None:
    place = _middle()
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == _event(place)))
    db.session.execute(delete(ChainEntry).where(ChainEntry.id == place))


def _move() -> None:
    first, second = _event(_middle()), _event(_middle() + 1)
    for before, after in ((first, 0), (second, first), (0, second)):
        entry = update(ChainEntry).where(ChainEntry.event_id == before)
        db.session.execute(entry.values(event_id=after))


def _cut_off() -> None:
    place = _middle()
    last = db.session.execute(select(ChainEntry.hash).where(ChainEntry.id == place)).one()
    gone = select(ChainEntry.event_id).where(ChainEntry.id > place)
    db.session.execute(delete(AuditEvent).where(AuditEvent.id.in_(gone)))
    db.session.execute(delete(ChainEntry).where(ChainEntry.id > place))
    db.session.execute(update(ChainHead).values(sequence=place, hash=last.hash))
