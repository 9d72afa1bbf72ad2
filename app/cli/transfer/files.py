"""Transfer files and .env files as arguments of commands, and plans as lines."""

from collections.abc import Iterable
from typing import BinaryIO

import click

from app.cli import output
from app.cli.failures import Misuse
from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.transfer import Part, TransferFile

SIGNS = {
    PlanOutcome.ADD: "+",
    PlanOutcome.CHANGE: "~",
    PlanOutcome.REFUSED: "!",
    PlanOutcome.ONLY_HERE: "-",
}
NOUNS = {
    Part.SETTINGS: "setting",
    Part.RULES: "rule of",
    Part.RELATIONS: "relation",
    Part.CATEGORIES: "category",
    Part.ROLES: "role",
    Part.ASSIGNMENTS: "user",
}

PartLines = Iterable[tuple[Part, PlanLine]]

file_argument = click.argument("file", type=click.File("rb"))
env_option = click.option("--env", "is_env", is_flag=True, help="FILE is a .env file.")


def read_file(file: BinaryIO, *, is_env: bool) -> TransferFile:
    """Return the content of a file.

    Raises:
        Misuse: It cannot be read.
    """
    try:
        text = transfer.read_text(file)
        return transfer.read_env(text) if is_env else transfer.read_file(text)
    except InvalidValue as mistake:
        raise Misuse(str(mistake)) from mistake


def write(lines: PartLines, *, as_json: bool) -> None:
    """Write the lines of a plan: as text, or as JSON objects."""
    if as_json:
        output.write_json({"part": part.value, **line._asdict()} for part, line in lines)
        return
    for part, line in lines:
        text = f"{SIGNS[line.outcome]} {named(part, line)}{_told(part, line)}"
        output.write(output.printable(text))


def named(part: Part, line: PlanLine) -> str:
    """Return the name of a line with its noun: "setting chunk_size"."""
    return f"{NOUNS[part]} {line.name}"


def _told(part: Part, line: PlanLine) -> str:
    if line.outcome is PlanOutcome.REFUSED:
        return f": {line.reason}"
    if line.gained or line.lost:
        names = [*(f"+{name}" for name in line.gained), *(f"-{name}" for name in line.lost)]
        return f": {', '.join(names)}"
    if line.outcome is PlanOutcome.CHANGE:
        before, after = settings.change_in_sentence(line.before, line.after)
        return f": {before} -> {after}{_remark(line)}"
    is_value = line.outcome is PlanOutcome.ADD and not part.is_access
    return f": {settings.in_sentence(line.after)}{_remark(line)}" if is_value else ""


def _remark(line: PlanLine) -> str:
    return f" ({line.reason})" if line.reason else ""
