"""A CSV file of users, such as the export of the list, read row by row."""

import csv
import io
from collections.abc import Iterator, Sequence

from app.domain.csv import restored
from app.domain.errors import InvalidValue
from app.domain.phrases import counted, listed
from app.domain.transfer.reading import hold_to_size
from app.domain.transfer.user_rows import UserRow
from app.domain.users import NewUser

FIELD = "csv_text"
BATCH = 500
NEEDED = ("username", "email")
TAKEN = (*NEEDED, "full_name", "bio", "roles", "is_active", "is_verified")
# Columns of an export that a new user cannot take.
IGNORED = ("id", "created_at (UTC)", "created_at (utc)")
WORDS = {
    **dict.fromkeys(("yes", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}
# The flags, and the words that an empty cell stands for.
FLAGS = {"is_active": "yes", "is_verified": "no"}
BETWEEN_ROLES = ";"


def read_users(text: str, email_domains: tuple[str, ...] = ()) -> list[UserRow]:
    """Return the users that a CSV file names.

    Args:
        text: The file: a line with the names of the columns, then a line for each user; separated
            by commas, semicolons or tabs.
        email_domains: Domains that are allowed in addresses; see `users.checked_email`.

    Raises:
        InvalidValue: It is too long, no CSV (RFC 4180), or lacks a column or has an unknown one.
    """
    hold_to_size(text, FIELD)
    lines = text.removeprefix("\ufeff")
    if not lines.strip():
        raise InvalidValue("The file is empty. Choose or paste a CSV file.", field=FIELD)
    first = lines.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    try:
        names = _columns(next(reader, []))
        return list(_rows(reader, names, email_domains))
    except csv.Error as error:
        message = f"Line {reader.line_num} is not valid CSV: {error}."
        raise InvalidValue(message, field=FIELD) from error


def batches(rows: Sequence[UserRow]) -> Iterator[Sequence[UserRow]]:
    """Return the rows in batches, each for one transaction."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _columns(cells: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if missing := [name for name in NEEDED if name not in names]:
        message = f"The first line has to name the columns. It lacks {listed(missing)}."
        raise InvalidValue(message, field=FIELD)
    if unknown := [name for name in names if name not in (*TAKEN, *IGNORED)]:
        message = f"There is no column named {listed(unknown)}. Known are {', '.join(TAKEN)}."
        raise InvalidValue(message, field=FIELD)
    if len(set(names)) < len(names):
        raise InvalidValue("The first line names a column twice.", field=FIELD)
    return names


def _rows(
    reader: Iterator[list[str]], names: Sequence[str], email_domains: tuple[str, ...]
) -> Iterator[UserRow]:
    for number, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        yield _row(number, cells, names, email_domains)


def _row(
    number: int, cells: Sequence[str], names: Sequence[str], email_domains: tuple[str, ...]
) -> UserRow:
    """Return a row; what cannot be read refuses the row, and no other one."""
    texts = dict(zip(names, map(restored, cells), strict=False))
    mistakes = [f"It has {counted(len(cells), 'cell')} instead of {len(names)}."]
    if len(cells) == len(names):
        flags = (name for name in FLAGS if _word(texts, name) not in WORDS)
        mistakes = [f"{name} is neither yes nor no." for name in flags]
    roles = (name.strip() for name in texts.get("roles", "").split(BETWEEN_ROLES))
    new = NewUser(
        texts.get("username", ""),
        texts.get("email", ""),
        texts.get("full_name"),
        texts.get("bio"),
        email_domains=email_domains,
    )
    flags_of = {name: WORDS.get(_word(texts, name), False) for name in FLAGS}
    return UserRow(number, new, tuple(filter(None, roles)), **flags_of, mistake=" ".join(mistakes))


def _word(texts: dict[str, str], name: str) -> str:
    return texts.get(name, "").strip().lower() or FLAGS[name]
