"""CSV (RFC 4180) that spreadsheets open and do not execute."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# Without it Excel reads UTF-8 in the code page of its country; Python reads it as utf-8-sig.
MARK = "\ufeff"
# The beginning of a formula for spreadsheets, also in full width and after white space. Leading
# apostrophes are part of it, so that `restored` can tell added ones from those of the text.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")

Cell = str | int


def encoded(header: Sequence[Cell], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """Yield a file in pieces: the header first, then each batch of rows."""
    yield (MARK + _lines([header])).encode()
    for rows in batches:
        yield _lines(rows).encode()


def neutralised(cell: Cell) -> Cell:
    """Return the cell, with a leading apostrophe if a spreadsheet would read it as a formula."""
    is_formula = isinstance(cell, str) and _FORMULA.match(cell)
    return f"'{cell}" if is_formula else cell


def restored(cell: str) -> str:
    """Return the text of a cell that `neutralised` returned."""
    is_added = cell.startswith("'") and _FORMULA.match(cell[1:])
    return cell[1:] if is_added else cell


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue()
