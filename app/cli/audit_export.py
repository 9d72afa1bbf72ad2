"""``flask audit export``: the record of changes as a file."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

import click
from sqlalchemy import Row

from app import unit_of_work
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT
from app.cli.commands import TableCommand
from app.domain import audit, event_export, event_names, roles, settings, users
from app.domain.audit import EventFilter, Outcome
from app.domain.errors import InvalidValue
from app.domain.event_export import ExportFormat
from app.extensions import db
from app.models.base import HIGHEST_ID

Rows = Sequence[Row[Any]]

AS_OF = click.DateTime(["%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
ROW_ID = click.IntRange(1, HIGHEST_ID)
NAMED = ("by_user", "to_user", "to_role")
FORMATS = click.Choice([each.value for each in ExportFormat])
OUTCOMES = click.Choice([each.value for each in Outcome])


class Moment(click.ParamType[str]):
    """A day, or a day with a time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, if it is one."""
        try:
            audit.range_start(str(value), UTC)
        except InvalidValue as error:
            self.fail(str(error), param, ctx)
        return str(value)


MOMENT = Moment()


@click.command(cls=TableCommand)
@click.argument("file", type=click.File("wb", lazy=True, atomic=True), default="-")
@click.option("--format", "file_format", type=FORMATS, default="csv", help="By default csv.")
@click.option("--actor", type=TEXT, default="", help="Only events of the actor with this name.")
@click.option("--action", type=TEXT, default="", help="Only this action, such as setting:changed.")
@click.option("--target", type=TEXT, default="", help="Only events of the target with this name.")
@click.option("--type", type=TEXT, default="", help="The type of the target, such as setting.")
@click.option("--by-user", type=TEXT, default="", help="Only what this user did, under any name.")
@click.option("--to-user", type=TEXT, default="", help="Only what was done to this user.")
@click.option("--to-role", type=TEXT, default="", help="Only what was done to this role.")
@click.option("--actor-id", type=ROW_ID, help="Only events of the user with this ID.")
@click.option(
    "--target-id", type=ROW_ID, help="Only events of the target with this ID; with --type."
)
@click.option("--as-of", type=AS_OF, help="The time, in UTC, at which these IDs were in use.")
@click.option("--outcome", type=OUTCOMES, default=None, help="Only events with this outcome.")
@click.option("--request", type=TEXT, default="", help="A request ID, or its first 8 characters.")
@click.option("--sign-ins", is_flag=True, help="Sign-ins and sign-outs too.")
@click.option("--from", "since", type=MOMENT, help="The first day, or its time, in UTC.")
@click.option("--to", "last", type=MOMENT, help="The last day, or its time, in UTC.")
def export(file: BinaryIO, file_format: str, **filters: Any) -> None:
    """Write the events that match all filters to FILE, or to standard output.

    The filters are those of the page. Each export is recorded.
    """
    given = {name: value for name, value in filters.items() if value}
    events = unit_of_work.read(lambda: _event_filter(**_with_ids(given)))
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


def _with_ids(given: dict[str, Any]) -> dict[str, Any]:
    """Return the filters with the IDs of users and roles that are named as they are called now."""
    others = {name: value for name, value in given.items() if name not in NAMED}
    if name := given.get("by_user"):
        others["actor_id"] = users.named(db.session, name).id
    if name := given.get("to_user"):
        others |= {"type": "user", "target_id": users.named(db.session, name).id}
    if name := given.get("to_role"):
        others |= {"type": "role", "target_id": roles.named(db.session, name).id}
    return others


def _event_filter(
    since: str = "",
    last: str = "",
    as_of: datetime | None = None,
    actor_id: int | None = None,
    target_id: int | None = None,
    **others: Any,
) -> EventFilter:
    filters = EventFilter(
        since=audit.range_start(since, UTC),
        until=audit.range_end(last, UTC),
        as_of=as_of and as_of.replace(tzinfo=UTC),
        actor_ids=(actor_id,) if actor_id else (),
        target_ids=(target_id,) if target_id else (),
        **others,
    )
    return event_names.meant(db.session, filters)


def _told(given: dict[str, Any]) -> dict[str, str]:
    """Return the filters as an export of the page records them."""
    names = {"since": "from", "last": "to"}
    return {names.get(name, name): _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    return "1" if value is True else str(value)
