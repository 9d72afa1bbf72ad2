"""``flask import``: a transfer file or a .env file, brought in."""

from typing import BinaryIO

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure
from app.cli.transfer import files
from app.cli.transfer.files import env_option, file_argument
from app.domain import transfer
from app.domain.phrases import counted, listed
from app.domain.plan_lines import PlanOutcome
from app.domain.transfer import ImportEdit, ImportImpact, ImportPlan
from app.extensions import db
from app.unit_of_work import carry_out, try_out


@click.command("import", cls=TableCommand)
@file_argument
@env_option
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--anyway", is_flag=True, help="Save values that a rule warns of.")
@json_option
@reason_option
def import_file(
    file: BinaryIO, reason: str, *, is_env: bool, dry_run: bool, anyway: bool, as_json: bool
) -> None:
    """Add and change what FILE has (- is standard input), in one transaction.

    Nothing is deleted. What a rule refuses is named and left as it is; the exit code is then 1.
    Importing again changes nothing.
    """
    content = files.read_file(file, is_env=is_env)
    edit = ImportEdit(content, reason, anyway=anyway)
    actor = current_actor()
    if dry_run:
        plan = try_out(lambda: transfer.review_import(db.session, edit, actor=actor), actor=actor)
    else:
        plan = carry_out(lambda: transfer.import_file(db.session, edit, actor=actor), actor=actor)
    refused = plan.of(PlanOutcome.REFUSED)
    files.write([*plan.saved, *refused], as_json=as_json)
    if plan.changes_access:
        _tell_impact(plan.impact, as_json=as_json, is_saved=not dry_run)
    output.say(_in_brief(plan, is_saved=not dry_run))
    if refused:
        raise Failure(f"{counted(len(refused), 'entry was', 'entries were')} refused.")


def _tell_impact(impact: ImportImpact, *, as_json: bool, is_saved: bool) -> None:
    """Tell the number of users who gain or lose permissions, and what only administrators have."""
    orphaned = list(impact.orphaned)
    if as_json:
        output.write_json([{"part": "impact", **impact.numbers, "orphaned": orphaned}])
        return
    for verb, side in impact.numbers.items():
        people = counted(side["people"], f"person {verb}s", f"people {verb}")
        named = f": {listed(side['permissions'])}" if side["people"] else ""
        output.say(f"{people} permissions{named}.")
    if orphaned:
        output.say(f"Only administrators {'' if is_saved else 'would '}have {listed(orphaned)}.")


def _in_brief(plan: ImportPlan, *, is_saved: bool) -> str:
    if not plan.saved:
        return "Nothing to change."
    added, changed = (len(plan.of(kind)) for kind in (PlanOutcome.ADD, PlanOutcome.CHANGE))
    done = "Imported" if is_saved else "Would import"
    return f"{done}: {added:,} added, {changed:,} changed."
