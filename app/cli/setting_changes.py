"""``flask settings create``, ``delete``, ``deleted``, ``restore``, ``history`` and ``undo``."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from app.cli import arguments, output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.domain import audit, settings
from app.domain.confirmation import Confirmation, Deletion
from app.domain.paging import Cursors
from app.domain.phrases import listed
from app.domain.settings import DataType, NewSetting, SavedValue, UnusualValue
from app.extensions import db
from app.unit_of_work import carry_out, read, try_out

TITLES = ("EVENT", "TIME (UTC)", "WHO", "BEFORE", "AFTER", "REASON")
ABSENT = "-"
TYPES = click.Choice([kind.value for kind in DataType])

key_argument = click.argument("key", type=TEXT)


@click.command(cls=TableCommand, context_settings={"ignore_unknown_options": True})
@key_argument
@click.argument("value", type=TEXT, required=False)
@click.option("--type", "data_type", type=TYPES, default="string", show_default=True)
@click.option("--category", type=TEXT, default="", help="The category.")
@click.option("--description", type=TEXT, default="", help="What the setting is for.")
@click.option("--read-only", is_flag=True, help="It cannot be changed by the console.")
@click.option("--stdin", "from_input", is_flag=True, help="Read the value from standard input.")
@click.option("--anyway", is_flag=True, help="Save a value that a rule warns of.")
@reason_option
def create(
    key: str, value: str | None, *, from_input: bool, read_only: bool, **fields: Any
) -> None:
    """Create a setting. Without VALUE it is not set; a secret is taken from standard input only."""
    is_secret = settings.secret_marks(db.session).is_secret(key.strip())
    if is_secret and value is not None:
        raise Misuse(f"{key} is a secret, which process lists would show. Use --stdin.")
    arguments.refuse_both(value, from_input=from_input)
    text = arguments.standard_input() if from_input else value
    new = NewSetting(key, fields.pop("data_type"), text, is_mutable=not read_only, **fields)
    actor = current_actor()
    try:
        setting = carry_out(lambda: settings.create(db.session, new, actor=actor), actor=actor)
    except UnusualValue as warning:
        raise Failure(f"{warning} If it is meant, add --anyway.") from warning
    output.say(f"Created {setting.key}.")


@click.command(cls=TableCommand)
@key_argument
@reason_option
def delete(key: str, reason: str) -> None:
    """Delete a setting; it can be restored."""
    setting = settings.by_key(db.session, key)
    setting_id, typed = setting.id, Deletion(key, settings.etag_of(setting), reason)
    actor = current_actor()
    carry_out(lambda: settings.delete(db.session, setting_id, typed, actor=actor), actor=actor)
    output.say(f"Deleted {key}. Restore it by: flask settings restore {key}")


@click.command(cls=TableCommand)
@json_option
def deleted(*, as_json: bool) -> None:
    """List the deleted settings that can be restored, the newest first."""
    rows = list(_deleted())
    if as_json:
        output.write_json(
            {"event": row.id, "key": row.target_name, "at": row.at.isoformat()} for row in rows
        )
        return
    lines = ((str(row.id), f"{row.at:%Y-%m-%d %H:%M}", row.target_name) for row in rows)
    output.write_table(("EVENT", "TIME (UTC)", "KEY"), lines)


@click.command(cls=TableCommand)
@key_argument
@reason_option
def restore(key: str, reason: str) -> None:
    """Restore a deleted setting as it was; a secret without its value."""
    event_id = read(lambda: next((row.id for row in _deleted() if row.target_name == key), None))
    if event_id is None:
        raise Failure(f"There is no deleted setting named {key}.")
    actor = current_actor()
    carry_out(lambda: settings.restore(db.session, event_id, reason, actor=actor), actor=actor)
    output.say(f"Restored {key}.")


@click.command(cls=TableCommand)
@key_argument
@json_option
def history(key: str, *, as_json: bool) -> None:
    """List the recorded values of a setting, the newest first; of a secret only that it changed."""
    settings.by_key(db.session, key)
    lines = list(_versions(key))
    if as_json:
        output.write_json(lines)
        return
    output.write_table(TITLES, (_as_cells(line) for line in lines))


@click.command(cls=TableCommand)
@click.argument("event", type=int)
@dry_run_option
@json_option
@reason_option
def undo(event: int, reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Undo the save that EVENT, the ID of an event in the history, is part of.

    With --dry-run, the values that would be restored are printed, and with --json as objects.
    """
    actor = current_actor()
    found = try_out(lambda: settings.review_undo(db.session, event, actor=actor), actor=actor)
    if dry_run:
        _write_undone(list(found.values.values()), as_json=as_json)
        output.say_left_out(found.left_out)
        return
    typed = Confirmation(reason, found.content.text)
    made = carry_out(lambda: settings.undo(db.session, event, typed, actor=actor), actor=actor)
    output.say(f"Undid the change of {listed([one.target_name for one in made])}.")
    output.say_left_out(found.left_out)


def _write_undone(values: Sequence[SavedValue], *, as_json: bool) -> None:
    """Write the values that would be restored."""
    sides = [
        [None if text is None else settings.masked(text) for text in (value.after, value.before)]
        for value in values
    ]
    if as_json:
        output.write_json(
            {
                "key": value.key,
                "exists": value.is_there,
                "now": now,
                "existed": value.was_there,
                "restored": restored,
            }
            for value, (now, restored) in zip(values, sides, strict=True)
        )
        return
    rows = []
    for value, (now, restored) in zip(values, sides, strict=True):
        then, here = settings.change_in_sentence(restored, now)
        cells = here if value.is_there else ABSENT, then if value.was_there else ABSENT
        rows.append((value.key, *cells))
    output.write_table(("KEY", "NOW", "RESTORED"), rows)


def _deleted() -> Iterator[Any]:
    after = None
    while True:
        page = settings.deleted_page(db.session, Cursors(after=after))
        yield from page.rows
        after = page.after
        if after is None:
            return


def _versions(key: str) -> Iterator[dict[str, Any]]:
    marks, after = settings.secret_marks(db.session), None
    while True:
        page = settings.versions_page(db.session, key, Cursors(after=after))
        for row in page.rows:
            sides = {
                side: marks.shown(key, row.id, audit.fields_of(getattr(row, side)))
                for side in ("before", "after")
            }
            told = {"event": row.id, "at": row.at.isoformat(), "actor": row.actor_name}
            yield {**told, "action": row.action, **sides, "reason": row.reason}
        after = page.after
        if after is None:
            return


def _as_cells(line: dict[str, Any]) -> tuple[str, ...]:
    sides = settings.change_in_sentence(line["before"], line["after"])
    if line["action"] in settings.ADDED:
        sides = ABSENT, sides[1]
    elif line["action"] == settings.DELETED:
        sides = sides[0], ABSENT
    at = line["at"][:16].replace("T", " ")
    return (str(line["event"]), at, line["actor"], *sides, line["reason"] or "")
