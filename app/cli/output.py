"""What commands write: data to standard output, what there is to say to standard error."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import click

GAP = "  "
_MEASURED = 200


def write(line: str) -> None:
    """Write a line of data, in UTF-8 whatever the locale is."""
    click.echo(line.encode())


def say(sentence: str) -> None:
    """Tell the person at the terminal; a script that reads the data does not see it."""
    click.echo(printable(sentence), err=True)


def write_json(objects: Iterable[dict[str, Any]]) -> None:
    """Write each object as JSON (RFC 8259) on a line of its own."""
    for each in objects:
        write(json.dumps(each, ensure_ascii=False))


def write_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows in columns, under their titles.

    The first rows decide how wide the columns are, so that a long list is written as it is read; a
    later cell that is wider moves the rest of its line.
    """
    remaining = iter(rows)
    first = [titles, *([printable(cell) for cell in row] for row in islice(remaining, _MEASURED))]
    widths = [max(len(cell) for cell in column) for column in zip(*first, strict=True)]
    for row in first:
        _write_row(row, widths)
    for row in remaining:
        _write_row([printable(cell) for cell in row], widths)


def printable(text: str) -> str:
    """Return the text on one line, with escapes for what a terminal would obey or not show."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _write_row(row: Sequence[str], widths: Sequence[int]) -> None:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    write(GAP.join(cells).rstrip())
