"""CSV (RFC 4180) that spreadsheets open and do not execute."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# Without it Excel takes UTF-8 for the code page of its country; Python reads it as utf-8-sig.
MARK = "\ufeff"
# What spreadsheets take for the beginning of a formula, also in full width and after blanks. The
# apostrophes before it are there so that `restored` can tell those of ours from those of others.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")

Cell = str | int


def encoded(header: Sequence[Cell], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """Yield a file piece by piece: the header at once, then each batch of rows."""
    yield (MARK + _lines([header])).encode()
    for rows in batches:
        yield _lines(rows).encode()


def neutralised(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet takes it for a formula."""
    is_formula = isinstance(cell, str) and _FORMULA.match(cell)
    return f"'{cell}" if is_formula else cell


def restored(cell: str) -> str:
    """Return what a cell was before `neutralised` looked at it."""
    is_ours = cell.startswith("'") and _FORMULA.match(cell[1:])
    return cell[1:] if is_ours else cell


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue()
