"""CSV (RFC 4180) that spreadsheets open, do not execute and do not read as numbers or dates."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

# Without it Excel reads UTF-8 in the code page of its country; Python reads it as utf-8-sig.
MARK = "\ufeff"
# The beginning of a formula for spreadsheets, also in full width and after white space. Leading
# apostrophes are part of it, so that `restored` can tell added ones from those of the text.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|[\s\"]*[=+\-@＝＋－＠])")
# The same within a cell, where a spreadsheet that splits at another separator begins a new one.
_WITHIN = r"""(?='*(?:"|[^\S\t\r\n])*[=+\-@＝＋－＠])"""
_INNER = re.compile(rf"([,;\t\r\n]){_WITHIN}")
_INNER_ADDED = re.compile(rf"([,;\t\r\n])'{_WITHIN}")
# The words of dates and times in the languages of many spreadsheets; their truth values and errors.
_MONTHS = """
jan january januar januari jän jänner janv janvier janeiro ene enero gen gennaio sty stycznia
feb february februar februari fév févr février febrero febbraio fev fevereiro lut lutego
mar march mär märz mrz mars marzo março mrt maart marca apr april avr avril abr abril aprile
kwi kwietnia may mai mayo mag maggio maio mei maj maja jun june juni juin junio giu giugno
junho cze czerwca jul july juli juil juillet julio lug luglio julho lip lipca
aug august août aoû ago agosto augustus augusti sie sierpnia sep sept september septembre
septiembre set setiembre settembre setembro wrz września oct october okt oktober octobre
octubre ott ottobre out outubro paź października nov november novembre noviembre novembro
lis listopada dec december dez dezember déc décembre dic diciembre dicembre dezembro des
desember gru grudnia am pm
"""
_CONSTANTS = """
true false wahr falsch vrai faux verdadero falso verdadeiro vero waar onwaar sant falskt
prawda fałsz #n/a #ref! #value! #div/0! #name? #null! #num!
"""
_WORDS = frozenset(_MONTHS.split())
_NAMES = frozenset(_CONSTANTS.split())
# What the first letters of a cell are, if it may be a number or a constant at all.
_FIRST = _WORDS | {"e", "t"} | {re.split(r"\W", name.lstrip("#"))[0] for name in _NAMES}
_DIGIT = re.compile(r"\d")  # in 00123, 1/2, mar-1, 10:30 PM, 2024-01-31
# The letter within 1e5 and 2024-01-31T10:00; what else stands between digits and words.
_JOINED = re.compile(r"(?<=[\d.,])(?:e[+-]?|t)(?=\d)")
_LETTERS = re.compile(r"[^\W\d_年月日時分秒]+")
_FOREIGN = re.compile(r"[^\w\s.,:/()%'’$€£¥₹-]|_")

Cell = str | int


class Separator(StrEnum):
    """The character between two cells, which depends on the country in many spreadsheets."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"

    @property
    def character(self) -> str:
        """The character itself."""
        return {self.COMMA: ",", self.SEMICOLON: ";", self.TAB: "\t"}[self]


def encoded(
    header: Sequence[Cell],
    batches: Iterable[Iterable[Sequence[Cell]]],
    separator: Separator = Separator.COMMA,
) -> Iterator[bytes]:
    """Yield a file in pieces: the header first, then each batch of rows."""
    yield (MARK + _lines([header], separator.character)).encode()
    for rows in batches:
        yield _lines(rows, separator.character).encode()


def neutralised(cell: Cell) -> Cell:
    """Return the cell, with an apostrophe before text that a spreadsheet would not read as text.

    That is a formula, at its beginning and behind each comma, semicolon, tab or line break; or the
    whole cell, if it looks like a number, a date, a time, a truth value or an error.
    """
    if not isinstance(cell, str) or (cell.isalpha() and cell.lower() not in _NAMES):
        return cell
    text = _INNER.sub(r"\1'", cell)
    return f"'{text}" if _is_no_text(text) else text


def restored(cell: str) -> str:
    """Return the text of a cell that `neutralised` returned."""
    is_added = cell.startswith("'") and _is_no_text(cell[1:])
    return _INNER_ADDED.sub(r"\1", cell[1:] if is_added else cell)


def _is_no_text(cell: str) -> bool:
    if _FORMULA.match(cell):
        return True
    word = _LETTERS.search(cell)
    if word and word[0].lower() not in _FIRST:  # most texts: exports have millions of them
        return False
    text = _JOINED.sub(" ", cell.lower())
    if text.strip("' ") in _NAMES:
        return True
    if not _DIGIT.search(text):
        return False
    return _WORDS.issuperset(_LETTERS.findall(text)) and not _FOREIGN.search(text)


def _lines(rows: Iterable[Sequence[Cell]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue()
