"""``flask users bulk``: one change of many users, whom a list names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.domain import transfer, users
from app.domain.errors import InvalidValue
from app.domain.phrases import counted, listed
from app.domain.users import (
    BulkAction,
    BulkEdit,
    BulkOutcome,
    BulkPlan,
    ListedName,
    NameList,
    Selection,
)
from app.extensions import db
from app.unit_of_work import carry_out, read, try_out

ACTIONS = click.Choice([action.value for action in BulkAction])
WORDS = re.compile(r"[\s,;|]+")
MISSING, AMBIGUOUS = "missing", "ambiguous"
# By whether there are users whom a name may mean.
UNCLEAR = {
    (MISSING, False): "Not found",
    (MISSING, True): "Not found; similar names: {}",
    (AMBIGUOUS, True): "Several users have this name: {}",
}
# With and without the change.
SENTENCES = {
    BulkAction.ASSIGN: ("Assigned the role {} to {}.", "Would assign the role {} to {}."),
    BulkAction.UNASSIGN: ("Removed the role {} from {}.", "Would remove the role {} from {}."),
    BulkAction.ACTIVATE: ("Activated {1}.", "Would activate {1}."),
    BulkAction.DEACTIVATE: ("Deactivated {1}.", "Would deactivate {1}."),
}


@click.command(cls=TableCommand)
@click.argument("action", type=ACTIONS)
@click.argument("file", type=click.File("rb"))
@click.option("--role", type=TEXT, help="The role to assign or unassign.")
@click.option("--found-only", is_flag=True, help="Leave out names that mean no user, or several.")
@dry_run_option
@json_option
@reason_option
def bulk(file: BinaryIO, *, found_only: bool, dry_run: bool, as_json: bool, **fields: Any) -> None:
    """Assign or unassign a role, activate or deactivate, for the users whom FILE names.

    FILE (- is standard input) has user names, email addresses or full names, separated as for the
    page "Choose by list"; lists of more than 500 need several lines. All are changed or none is.
    Prints the names that were not found and the users who were skipped; with --json, all.
    """
    edit = _edit(**fields)
    names = _look_up(file)
    told = [
        *(_unclear(name, AMBIGUOUS) for name in names.ambiguous),
        *(_unclear(name, MISSING) for name in names.missing),
    ]
    if told and not found_only:
        _write(told, as_json=as_json)
        count = counted(len(told), "name does", "names do")
        raise Failure(f"{count} not mean one user. Nothing was changed; see --found-only.")
    if not names.found:
        raise Failure("No user was found. Nothing was changed.")
    plan = _carried_out(edit, names, dry_run=dry_run)
    _write([*told, *_outcomes(plan)], as_json=as_json)
    _tell(plan, dry_run=dry_run)


def _edit(action: str, role: str | None, reason: str) -> BulkEdit:
    chosen = BulkAction(action)
    if chosen.takes_role and not role:
        raise Misuse(f"Name the role to {action}: --role.")
    if role and not chosen.takes_role:
        raise Misuse("--role is for assign and unassign.")
    return BulkEdit(chosen, Selection(), role or "", reason=reason)


def _look_up(file: BinaryIO) -> NameList:
    try:
        parts = _parts(transfer.read_text(file))
    except InvalidValue as mistake:
        raise Misuse(str(mistake)) from mistake
    actor = current_actor()
    found: list[NameList] = []
    with output.progress("Names", len(parts)) as advance:
        for part in parts:
            found.append(read(partial(users.look_up, db.session, part, actor=actor)))
            advance(1)
    return NameList(
        [person for names in found for person in names.found],
        [name for names in found for name in names.ambiguous],
        [name for names in found for name in names.missing],
    )


def _parts(text: str) -> list[str]:
    """Return the lines of a list in parts that can be looked up; an empty list is one part."""
    parts, count = [""], 0
    for line in text.splitlines(keepends=True):
        words = len(WORDS.split(line.strip()))
        if count and count + words > users.MOST_NAMES:
            parts.append("")
            count = 0
        parts[-1] += line
        count += words
    return parts


def _carried_out(edit: BulkEdit, names: NameList, *, dry_run: bool) -> BulkPlan:
    actor = current_actor()
    edit = replace(edit, selection=Selection(frozenset(person.id for person in names.found)))
    plan = try_out(lambda: users.review_many(db.session, edit, actor=actor), actor=actor)
    if dry_run:
        return plan
    edit = replace(edit, etag=plan.etag, count=plan.count, reviewed=plan.content.text)
    return carry_out(lambda: users.change_many(db.session, edit, actor=actor), actor=actor)


def _unclear(name: ListedName, outcome: str) -> dict[str, Any]:
    people = [person.username for person in name.people]
    reason = UNCLEAR[outcome, bool(people)].format(listed(people, len(people)))
    return {"name": name.text, "outcome": outcome, "reason": reason, "users": people}


def _outcomes(plan: BulkPlan) -> Iterator[dict[str, Any]]:
    for outcome, people in plan.outcomes.items():
        reason = outcome.reason(plan.action)
        for person in people:
            name = person.username
            yield {"name": name, "outcome": outcome.value, "reason": reason, "users": [name]}


def _write(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        output.write_json(rows)
        return
    if lines := [(row["name"], row["reason"]) for row in rows if row["reason"]]:
        output.write_table(("NAME", "NOT CHANGED"), lines)


def _tell(plan: BulkPlan, *, dry_run: bool) -> None:
    sentence = SENTENCES[plan.action][dry_run]
    output.say(sentence.format(plan.role, counted(len(plan.changed), "user")))
    if dry_run and plan.changed and plan.codes:
        output.say(f"Permissions concerned: {listed(plan.codes, len(plan.codes))}.")
    refused = [
        (outcome.reason(plan.action), people)
        for outcome, people in plan.skipped
        if outcome is not BulkOutcome.UNCHANGED
    ]
    for reason, people in refused:
        raise Failure(f"Skipped {listed([person.username for person in people])}: {reason}.")
