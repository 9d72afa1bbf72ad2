"""``flask audit``: the record of changes, by command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from app.cli import audit_export, output
from app.cli.actor import current_actor
from app.cli.arguments import json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure, Misuse
from app.domain import audit as domain
from app.domain.audit import BrokenChain, Verified
from app.domain.phrases import counted
from app.domain.text import checked_reason
from app.extensions import db
from app.models.base import utcnow
from app.unit_of_work import carry_out, read


@click.group(cls=CommandGroup)
def audit() -> None:
    """Verify, export and prune the record of changes.

    Every event is chained to the one before it by a hash, keyed with AUDIT_KEY or else SECRET_KEY.
    """


audit.add_command(audit_export.export)


@audit.command()
@click.option(
    "--anchor",
    "log",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A log with anchors, which the chain must have; - for standard input.",
)
@click.option("--require-key", is_flag=True, help="Count an event without a key as wrong.")
@json_option
def verify(log: Path | None, *, require_key: bool, as_json: bool) -> None:
    """Verify that no event was edited, inserted, removed or moved.

    The exit code is 1 if one was; the first bad event is named.
    """
    anchors = []
    if log is not None:
        with click.open_file(str(log), errors="replace") as lines:
            anchors = list(domain.anchors_in(lines))
        if not anchors:
            raise Failure(f"{log} holds no anchor: no line with “audit head: sequence=”.")
    try:
        with _progress() as release:
            verified = domain.verify(db.session, anchors, require_key=require_key, release=release)
    except BrokenChain as fault:
        if as_json:
            output.write_json([{"is_whole": False, "event": fault.event_id, "problem": str(fault)}])
            raise click.exceptions.Exit(1) from fault
        raise Failure(str(fault)) from fault
    if as_json:
        output.write_json([_as_object(verified)])
        return
    output.write(_sentence(verified))
    if anchors:
        output.write(f"The chain has {counted(len(anchors), 'anchor')} of the log.")


@audit.command()
@json_option
def head(*, as_json: bool) -> None:
    """Print the end of the chain, an anchor for flask audit verify."""
    anchor = domain.head(db.session)
    if as_json:
        output.write_json([anchor._asdict()])
        return
    output.write(anchor.line)


@audit.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The first day to keep, in UTC.",
)
@reason_option
def prune(before: datetime, reason: str) -> None:
    """Delete the events from before a day, and record that they were deleted.

    The chain is verified first, and goes on from a checkpoint. A pruning that was interrupted is
    completed by running it again.
    """
    first_kept = before.replace(tzinfo=UTC)
    if first_kept > utcnow():
        raise Misuse("--before must not be in the future.")
    _verify()
    pruning = read(lambda: domain.plan(db.session, first_kept))
    if pruning is None:
        output.say(f"No event is from before {before.date()}. Nothing was changed.")
        return
    actor, given = current_actor(), checked_reason(reason)
    record = partial(domain.record_pruning, db.session, pruning, first_kept)
    carry_out(lambda: record(actor=actor, reason=given), actor=actor)
    total, length = 0, domain.length_of_chain(db.session, pruning.link.sequence)
    with output.progress("Deleted", length) as advance:
        while count := carry_out(lambda: domain.delete_some(db.session, pruning), actor=actor):
            total += count
            advance(count)
    output.say(f"Deleted {counted(total, 'event')} from before {before.date()}.")


@audit.command()
@reason_option
def start(reason: str) -> None:
    """Cover the events from before the chain by a digest.

    An upgrade does so by itself. It is needed after the script of flask db upgrade --sql.
    """
    found = cover_earlier_events(checked_reason(reason), even_late=True)
    if found is None:
        output.say("No event is from before the chain, or they are covered. Nothing was changed.")
    else:
        output.say(f"Covered {counted(found, 'event')} from before the chain.")


def cover_earlier_events(reason: str = "", *, even_late: bool = False) -> int | None:
    """Cover the events from before the chain by a digest; return how many there are, if any.

    Args:
        reason: The reason, for the history.
        even_late: Whether to do so after the chain has begun. What was inserted by SQL until then
            would be covered as well, so that is for the operator to say.
    """
    if domain.is_chained(db.session) and not even_late:
        return None
    earlier = domain.find_earlier(db.session, release=db.session.rollback)
    if earlier is None:
        return None
    actor = current_actor()
    carry_out(lambda: domain.start(db.session, earlier, reason, actor=actor), actor=actor)
    return earlier.events


@contextmanager
def _progress() -> Iterator[Callable[[], None]]:
    """Show the progress of a verification; yield what is called between its batches."""
    with output.progress("Events", domain.length_of_chain(db.session)) as advance:

        def release() -> None:
            db.session.rollback()
            advance(domain.AT_ONCE)

        yield release


def _verify() -> None:
    try:
        with _progress() as release:
            domain.verify(db.session, release=release)
    except BrokenChain as fault:
        raise Failure(f"{fault} Nothing was deleted.") from fault


def _as_object(verified: Verified) -> dict[str, object]:
    return {
        "is_whole": True,
        "events": verified.events,
        "earlier_events": verified.earlier,
        "events_without_key": verified.without_key,
        "sequence": verified.link.sequence,
        "hash": verified.link.hash,
    }


def _sentence(verified: Verified) -> str:
    parts = [f"The chain of {counted(verified.events, 'event')} is whole."]
    if verified.earlier:
        one, many = (f"{word} from before it" for word in ("event", "events"))
        count = counted(verified.earlier, f"{one} matches its", f"{many} match their")
        parts.append(f"{count} digest.")
    if verified.without_key:
        count = counted(verified.without_key, "event has", "events have")
        parts.append(f"{count} no key: set AUDIT_KEY or SECRET_KEY for commands too.")
    return " ".join(parts)
