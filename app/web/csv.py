"""CSV (RFC 4180) that spreadsheets open and do not execute."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# Without it Excel reads UTF-8 in the code page of its country; Python reads it as utf-8-sig.
MARK = "\ufeff"
# The beginning of a formula for spreadsheets, also in full width and after white space. Leading
# apostrophes are part of it, so that `restored` can tell added ones from those of the text.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|[\s\"]*[=+\-@＝＋－＠])")
# The same within a cell, where a spreadsheet that splits at another separator begins a new one.
_WITHIN = r"""(?='*(?:"|[^\S\t\r\n])*[=+\-@＝＋－＠])"""
_INNER = re.compile(rf"([,;\t\r\n]){_WITHIN}")
_INNER_ADDED = re.compile(rf"([,;\t\r\n])'{_WITHIN}")

Cell = str | int


def encoded(header: Sequence[Cell], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """Yield a file in pieces: the header first, then each batch of rows."""
    yield (MARK + _lines([header])).encode()
    for rows in batches:
        yield _lines(rows).encode()


def neutralised(cell: Cell) -> Cell:
    """Return the cell, with an apostrophe before all that a spreadsheet would read as a formula.

    That is at its beginning, and behind each comma, semicolon, tab or line break.
    """
    if not isinstance(cell, str):
        return cell
    text = _INNER.sub(r"\1'", cell)
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text of a cell that `neutralised` returned."""
    is_added = cell.startswith("'") and _FORMULA.match(cell[1:])
    return _INNER_ADDED.sub(r"\1", cell[1:] if is_added else cell)


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue()
