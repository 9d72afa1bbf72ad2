"""``flask users import``: users created from the rows of a CSV file."""

from collections.abc import Sequence
from typing import BinaryIO

import click

from app import config
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.domain import transfer
from app.domain.errors import InvalidValue
from app.domain.phrases import counted
from app.domain.plan_lines import PlanOutcome
from app.domain.transfer import RowResult, SeenRows, UserRow
from app.extensions import db
from app.unit_of_work import carry_out, read

WORDS = {
    PlanOutcome.ADD: "created",
    PlanOutcome.UNCHANGED: "exists",
    PlanOutcome.REFUSED: "refused",
}


@click.command("import", cls=TableCommand)
@click.argument("file", type=click.File("rb"))
@dry_run_option
@json_option
@reason_option
def import_users(file: BinaryIO, reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Create the users of FILE (- is standard input), a CSV file such as the export of the list.

    Prints the rows that were refused, with the reason; with --json, the result of every row. A
    refused row loses no other; the exit code is then 1. Users who exist are left as they are, so
    after an interruption, run the command again. New users have no password: send them a link with
    "flask users reset-password".
    """
    rows = _rows(file)
    counts = dict.fromkeys(WORDS, 0)
    seen = SeenRows()
    with output.progress("Users", len(rows)) as advance:
        for batch in transfer.batches(rows):
            results = _planned(batch, seen) if dry_run else _created(batch, reason)
            for result in results:
                counts[result.line.outcome] += 1
                _write(result, as_json=as_json)
            advance(len(batch))
    created, exist, refused = counts.values()
    would = "Would create" if dry_run else "Created"
    output.say(f"{would} {counted(created, 'user')}; {exist:,} existed already.")
    if refused:
        raise Failure(f"{counted(refused, 'row was', 'rows were')} refused.")


def _rows(file: BinaryIO) -> list[UserRow]:
    try:
        text = transfer.read_text(file)
        return transfer.read_users(text, config.current().email_domains)
    except InvalidValue as mistake:
        raise Misuse(str(mistake)) from mistake


def _planned(batch: Sequence[UserRow], seen: SeenRows) -> list[RowResult]:
    actor = current_actor()
    return read(lambda: transfer.plan_rows(db.session, batch, seen, actor=actor))


def _created(batch: Sequence[UserRow], reason: str) -> list[RowResult]:
    actor = current_actor()
    return carry_out(
        lambda: transfer.create_rows(db.session, batch, reason, actor=actor), actor=actor
    )


def _write(result: RowResult, *, as_json: bool) -> None:
    row, line = result
    word = WORDS[line.outcome]
    if as_json:
        told = {"row": row.number, "username": line.name, "outcome": word, "reason": line.reason}
        output.write_json([told])
    elif line.outcome is PlanOutcome.REFUSED:
        output.write(output.printable(f"row {row.number}: {line.name}: {line.reason}"))
