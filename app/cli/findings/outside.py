"""Findings of ``flask doctor`` about changes that other programs made, and their record."""

from collections.abc import Iterator
from functools import partial

from app.cli.actor import current_actor
from app.domain import access, settings
from app.domain.access import HeldKind
from app.domain.actor import OUTSIDE
from app.domain.phrases import counted, listed
from app.extensions import db
from app.unit_of_work import carry_out, read

NAMED = 5
KINDS = (access.ROLES, access.GRANTS)


def warnings() -> Iterator[str]:
    """Yield what was changed outside the console and is not recorded."""
    keys = [change.target.name for change in settings.all_outside_changes(db.session)]
    if keys:
        yield _warning(counted(len(keys), "setting"), keys)
    for kind in KINDS:
        names = [
            name
            for chunk in access.chunks(db.session, kind)
            for name in read(partial(_names, kind, chunk))
        ]
        if names:
            yield _warning(f"The {kind.noun} of {counted(len(names), kind.owner)}", names)


def record() -> Iterator[str]:
    """Record what was changed outside the console; say how much it was."""
    actor = current_actor()
    count, started = carry_out(
        lambda: settings.record_all_outside(db.session, actor=actor), actor=OUTSIDE
    )
    yield f"Recorded {counted(count, 'setting')} changed outside the console."
    if started:
        yield f"Took the values of {counted(started, 'setting')} as the start."
    for kind in KINDS:
        chunks = access.chunks(db.session, kind)
        is_started = access.is_started(db.session, kind)
        count = sum(_recorded(kind, chunk) for chunk in chunks)
        if count or is_started:
            yield f"Recorded the {kind.noun} of {counted(count, kind.owner)} changed outside."
        if not is_started:
            count = _start(kind, chunks)
            yield f"Took the {kind.noun} of {counted(count, kind.owner)} as the start."


def _warning(what: str, names: list[str]) -> str:
    command = "flask doctor --record"
    return f"{what} changed outside the console: {listed(names, NAMED)}. Run: {command}"


def _names(kind: HeldKind, chunk: int) -> list[str]:
    holders = access.holders_in(db.session, kind, chunk)
    found = access.access_from_outside(db.session, kind, holders)
    return [change.target.name for change in found]


def _recorded(kind: HeldKind, chunk: int) -> int:
    def work() -> int:
        access.serialize_access_changes(db.session)
        holders = access.holders_in(db.session, kind, chunk)
        return access.record_access_from_outside(db.session, kind, holders)

    return carry_out(work, actor=OUTSIDE)


def _start(kind: HeldKind, chunks: list[int]) -> int:
    actor = current_actor()

    def work(chunk: int) -> int:
        access.serialize_access_changes(db.session)
        return access.record_start(db.session, kind, chunk, actor=actor)

    return sum(carry_out(partial(work, chunk), actor=actor) for chunk in chunks)
