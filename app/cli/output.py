"""Output of commands: data to standard output, messages to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import click

from app.domain.audit import LeftOut

GAP = "  "
_MEASURED = 200


def write(line: str) -> None:
    """Write a line of data, in UTF-8 in every locale."""
    click.echo(line.encode())


def say(sentence: str) -> None:
    """Write a message for the person at the terminal, apart from the data."""
    click.echo(printable(sentence), err=True)


def say_left_out(parts: Iterable[LeftOut]) -> None:
    """Name the parts of a save that were not undone, each with the reason."""
    for part in parts:
        say(f"Left as it is: {part.name}: {part.reason}.".replace("..", "."))


def write_json(objects: Iterable[dict[str, Any]]) -> None:
    """Write each object as JSON (RFC 8259) on its own line."""
    for item in objects:
        write(json.dumps(item, ensure_ascii=False))


def write_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows in columns under their titles.

    The first rows set the widths of the columns, so that a long list is written while it is read; a
    wider cell further down shifts the rest of its line.
    """
    lines = ([printable(cell) for cell in row] for row in rows)
    first = [titles, *islice(lines, _MEASURED)]
    widths = [max(len(cell) for cell in column) for column in zip(*first, strict=True)]
    for row in chain(first, lines):
        _write_row(row, widths)


@contextmanager
def progress(
    label: str, length: int, *, is_hidden: bool = False
) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error, if that is a terminal.

    Args:
        label: What is counted, in one word.
        length: The steps of the whole work.
        is_hidden: Whether to show none, where the data are written to the terminal.

    Yields:
        A function that takes the number of steps done since.
    """
    is_hidden = is_hidden or not (length and sys.stderr.isatty())
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=is_hidden) as bar:
        yield bar.update


def printable(text: str) -> str:
    """Return the text on one line, with control and invisible characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _write_row(row: Sequence[str], widths: Sequence[int]) -> None:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    write(GAP.join(cells).rstrip())
