"""``flask audit export``: the record of changes as a file."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

import click
from sqlalchemy import Row

from app import unit_of_work
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT
from app.cli.commands import TableCommand
from app.domain import audit, event_export, settings
from app.domain.audit import EventFilter, Outcome
from app.domain.event_export import ExportFormat
from app.extensions import db

Rows = Sequence[Row[Any]]

DAY = click.DateTime(["%Y-%m-%d"])
ONE_DAY = timedelta(days=1)
FORMATS = click.Choice([each.value for each in ExportFormat])
OUTCOMES = click.Choice([each.value for each in Outcome])


@click.command(cls=TableCommand)
@click.argument("file", type=click.File("wb", lazy=True, atomic=True), default="-")
@click.option("--format", "file_format", type=FORMATS, default="csv", help="By default csv.")
@click.option("--actor", type=TEXT, default="", help="Only events of the actor with this name.")
@click.option("--action", type=TEXT, default="", help="Only this action, such as setting:changed.")
@click.option("--target", type=TEXT, default="", help="Only events of the target with this name.")
@click.option("--type", type=TEXT, default="", help="The type of the target, such as setting.")
@click.option("--outcome", type=OUTCOMES, default=None, help="Only events with this outcome.")
@click.option("--request", type=TEXT, default="", help="Only events of this request ID.")
@click.option("--sign-ins", is_flag=True, help="Sign-ins and sign-outs too.")
@click.option("--from", "since", type=DAY, help="The first day, in UTC.")
@click.option("--to", "last", type=DAY, help="The last day, in UTC.")
def export(file: BinaryIO, file_format: str, **filters: Any) -> None:
    """Write the events that match all filters to FILE, or to standard output.

    The filters are those of the page. Each export is recorded.
    """
    given = {name: value for name, value in filters.items() if value}
    events = _event_filter(**given)
    after = {"filter": _told(given), "format": file_format}
    target, actor = event_export.TARGET, current_actor()
    unit_of_work.record(event_export.ACTION, target, actor=actor, after=after)
    batches = unit_of_work.in_batches(partial(audit.export_batch, events))
    marks = settings.secret_marks(db.session)
    with _progress(file) as advance:
        file.writelines(event_export.encoded(_told_of(batches, advance), marks, file_format))


def _progress(file: BinaryIO) -> AbstractContextManager[Callable[[int], None]]:
    is_shown = file.name == "-" and sys.stdout.isatty()
    return output.progress("Events", audit.last_id(db.session), is_hidden=is_shown)


def _told_of(batches: Iterable[Rows], advance: Callable[[int], None]) -> Iterator[Rows]:
    last = 0
    for rows in batches:
        yield rows
        advance(rows[-1].id - last)
        last = rows[-1].id


def _event_filter(
    since: datetime | None = None, last: datetime | None = None, **others: Any
) -> EventFilter:
    return EventFilter(
        since=since and since.replace(tzinfo=UTC),
        until=last and last.replace(tzinfo=UTC) + ONE_DAY,
        **others,
    )


def _told(given: dict[str, Any]) -> dict[str, str]:
    """Return the filters as an export of the page records them."""
    names = {"since": "from", "last": "to"}
    return {names.get(name, name): _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else "1"
