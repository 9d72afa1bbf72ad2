"""Input of commands: arguments, and text on standard input."""

import sys
from typing import Any

import click

from app.cli.failures import Misuse


class Text(click.ParamType[str]):
    """A text argument, which has to be valid UTF-8."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text unchanged."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("is not valid UTF-8.", param, ctx)
        return text


TEXT = Text()
reason_option = click.option("--reason", type=TEXT, default="", help="The reason, for the history.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only print what would happen.")
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON objects, one a line."
)


def refuse_both(value: str | None, *, from_input: bool) -> None:
    """Refuse a value beside ``--stdin``, of which one would be lost.

    Raises:
        Misuse: Both are given.
    """
    if from_input and value not in {None, "-"}:
        raise Misuse("Name a VALUE or use --stdin, not both.")


def standard_input() -> str:
    """Return the text on standard input, without the line break that programs write after it.

    Raises:
        Misuse: It is not valid UTF-8.
    """
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise Misuse("Standard input is not valid UTF-8.") from error
    return text.removesuffix("\n").removesuffix("\r")


def password() -> str:
    """Return a password from standard input, where no process list shows it.

    Raises:
        Misuse: Standard input is a terminal, which would show it, or not valid UTF-8.
    """
    if sys.stdin.buffer.isatty():
        raise Misuse(
            "Standard input is a terminal, which would show the password. Use a pipe or a file."
        )
    return standard_input()
