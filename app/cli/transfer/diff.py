"""``flask diff``: a transfer file or a .env file, compared with the database."""

from typing import BinaryIO

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure
from app.cli.transfer import files
from app.cli.transfer.files import env_option, file_argument
from app.domain import transfer
from app.domain.phrases import counted
from app.domain.plan_lines import PlanOutcome
from app.domain.transfer import ImportEdit
from app.extensions import db
from app.unit_of_work import read


@click.command(cls=TableCommand)
@file_argument
@env_option
@json_option
def diff(file: BinaryIO, *, is_env: bool, as_json: bool) -> None:
    """Compare FILE (- is standard input) with the database.

    Prints what only FILE has (+), what differs (~), what could not be imported (!) and what only
    the database has (-). The exit code is 0 without a difference, 1 with one, and 2 if FILE cannot
    be read. Secrets are not compared.
    """
    edit = ImportEdit(files.read_file(file, is_env=is_env))
    actor = current_actor()
    plan = read(lambda: transfer.compare(db.session, edit, actor=actor))
    lines = plan.differences
    if is_env:  # such a file has a part of the settings only
        lines = [pair for pair in lines if pair[1].outcome is not PlanOutcome.ONLY_HERE]
    files.write(lines, as_json=as_json)
    if lines:
        raise Failure(f"{counted(len(lines), 'difference')}.")
    output.say("No difference.")
