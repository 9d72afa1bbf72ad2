"""``flask settings past``: all settings as they were at a time, and those values restored."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure
from app.domain import settings
from app.domain.phrases import listed
from app.domain.settings import AsOf, BulkRefused, PastValue
from app.extensions import db
from app.unit_of_work import carry_out, read

TITLES = ("KEY", "THEN", "NOW", "CANNOT BE RESTORED")
DAY, MINUTE, SECOND = "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"
# As far as a microsecond, as the page names a moment.
TIMES = click.DateTime([DAY, MINUTE, SECOND, f"{SECOND}.%f", f"{SECOND}Z", f"{SECOND}.%fZ"])
ABSENT = "-"


@click.command(cls=TableCommand)
@click.option("--at", type=TIMES, required=True, help="The time, in UTC.")
@click.option("--restore", "keys", type=TEXT, multiple=True, help="Restore this setting; repeat.")
@json_option
@reason_option
def past(at: datetime, keys: tuple[str, ...], reason: str, *, as_json: bool) -> None:
    """List the settings that differed at a time, and restore those that --restore names.

    All are restored by one save or none is. Settings that were deleted since come back; those that
    did not exist stay.
    """
    found = read(lambda: settings.as_of(db.session, at.replace(tzinfo=UTC)))
    if keys:
        _restore(found, keys, reason)
        return
    differing = [value for value in found.values if value.differs]
    if as_json:
        output.write_json(map(_as_object, differing))
    else:
        output.write_table(TITLES, map(_as_cells, differing))


def _restore(past: AsOf, keys: Sequence[str], reason: str) -> None:
    edit, actor = settings.edit_of_past(past, keys, reason), current_actor()
    try:
        made = carry_out(lambda: settings.change_many(db.session, edit, actor=actor), actor=actor)
    except BulkRefused as refusal:
        raise Failure(" ".join(map(str, refusal.all_errors))) from refusal
    names = listed([event.target_name for event in made])
    output.say(f"Restored {names}." if made else "No change: all have these values already.")


def _as_object(value: PastValue) -> dict[str, Any]:
    return {
        "key": value.key,
        "existed": value.was_there,
        "then": value.value,
        "exists": value.is_there,
        "now": value.later,
        "is_secret": value.is_secret,
        "why_not_restored": value.why_not,
    }


def _as_cells(value: PastValue) -> tuple[str, ...]:
    then, now = settings.change_in_sentence(value.value, value.later)
    return (
        value.key,
        then if value.was_there else ABSENT,
        now if value.is_there else ABSENT,
        value.why_not,
    )
