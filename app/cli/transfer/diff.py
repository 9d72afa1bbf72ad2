"""``flask diff``: a transfer file or a .env file, compared with the database."""

from typing import BinaryIO

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.cli.transfer import files
from app.cli.transfer.files import env_option, file_argument
from app.domain import transfer
from app.domain.phrases import counted, listed
from app.domain.plan_lines import PlanOutcome
from app.domain.transfer import ImportEdit
from app.extensions import db
from app.unit_of_work import read

MOST_NAMED = 10


@click.command(cls=TableCommand)
@file_argument
@env_option
@click.option("--exact", "is_exact", is_flag=True, help="Count what only the database has, too.")
@json_option
def diff(file: BinaryIO, *, is_env: bool, is_exact: bool, as_json: bool) -> None:
    """Compare FILE (- is standard input) with the database.

    Prints what only FILE has (+), what differs (~) and what could not be imported (!). What only
    the database has is named on standard error, and with --exact a difference (-). The exit code is
    0 without a difference, 1 with one, and 2 if FILE cannot be read. Secrets are not compared.
    """
    if is_env and is_exact:
        raise Misuse("A .env file holds a part of the settings only. Leave out --exact.")
    edit = ImportEdit(files.read_file(file, is_env=is_env))
    actor = current_actor()
    plan = read(lambda: transfer.compare(db.session, edit, actor=actor))
    lines = plan.differences if is_exact else plan.drift
    files.write(lines, as_json=as_json)
    others = plan.of(PlanOutcome.ONLY_HERE)
    if others and not (is_env or is_exact):
        names = listed([files.named(part, line) for part, line in others], MOST_NAMED)
        output.say(f"Only in the database, which --exact counts: {names}.")
    if lines:
        raise Failure(f"{counted(len(lines), 'difference')}.")
    output.say("No difference.")
