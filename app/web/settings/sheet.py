"""The rows that are edited together: those of a list, and what was typed in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from app.domain import settings
from app.domain.errors import InvalidValue, RuleError
from app.domain.settings import (
    DataType,
    SettingChangedMeanwhile,
    SettingEdit,
    SettingLine,
    ValueDifference,
)
from app.models.base import HIGHEST_ID
from app.web.settings import listing
from app.web.settings.differences import Comparison, compare
from app.web.settings.forms import Row
from app.web.settings.listing import Listing

SENT = re.compile(r"([1-9][0-9]{0,9})-etag")
# A form may take 1 MiB. A row's value is in it twice, and as many bytes again may be typed.
ROOM = 256 * 1024
FRAME = 200


class Sheet:
    """The rows of a form, by the ids of their settings.

    Attributes:
        errors: What speaks against a row.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row.setting_id: row for row in rows}
        self.errors: dict[int, RuleError] = {}

    @property
    def touched(self) -> dict[int, Row]:
        """The rows in which something else was typed than was shown."""
        return {setting_id: row for setting_id, row in self.rows.items() if row.is_touched}

    @property
    def edits(self) -> dict[int, SettingEdit]:
        """What was typed, as the domain takes it."""
        return {setting_id: row.edit for setting_id, row in self.touched.items()}

    @property
    def is_misread(self) -> bool:
        """Tell whether a row says two things at once, or something that cannot be stored."""
        rows = any(row.errors for row in self.rows.values())
        return rows or any(isinstance(error, InvalidValue) for error in self.errors.values())

    @property
    def conflicts(self) -> list[Row]:
        """The rows whose setting somebody else has changed."""
        return [row for row in self._sorted() if self._is_conflict(row)]

    @property
    def refused(self) -> list[tuple[str, str, Row]]:
        """What cannot be saved in any case: key, sentence and row."""
        return [
            (row.line.key if row.line else "A deleted setting", str(error), row)
            for row in self._sorted()
            if (error := self.errors.get(row.setting_id)) and not self._is_conflict(row)
        ]

    @property
    def changes(self) -> list[tuple[SettingLine, Comparison]]:
        """The rows that nothing speaks against, each with what is stored and what is to be."""
        good = [row for row in self._sorted() if row.setting_id not in self.errors]
        return [(row.line, compare(row.line.value, _stored(row))) for row in good if row.line]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What can be saved still, as hidden fields."""
        lost = {row.setting_id for _, _, row in self.refused}
        rows = [row for row in self._sorted() if row.setting_id not in lost]
        return [pair for row in rows for pair in row.carried]

    @property
    def unplaced(self) -> list[tuple[str, str]]:
        """The rows whose setting is gone, as hidden fields: the next review says so."""
        return [pair for row in self.rows.values() if row.line is None for pair in row.carried]

    @property
    def count(self) -> int:
        """How many settings would be saved."""
        return len(self.touched) - len(self.refused)

    @property
    def errors_summary(self) -> list[tuple[str, str]]:
        """The id of each field with an error, and the sentence with the key before it."""
        return [
            (field_id, f"{row.line.key if row.line else ''}: {sentence}")
            for row in self.rows.values()
            for field_id, sentence in row.errors_summary
        ]

    def check(self) -> None:
        """Look for rows that say two things at once."""
        for row in self.touched.values():
            row.validate()

    def take(self, errors: Mapping[int, RuleError]) -> None:
        """Put what the domain said where it belongs."""
        self.errors = dict(errors)
        for setting_id, error in errors.items():
            if isinstance(error, InvalidValue) and not self.rows[setting_id].errors:
                self.rows[setting_id].refuse(error, self.rows[setting_id].status)

    def keep(self, differences: Iterable[ValueDifference]) -> None:
        """Drop the rows that change nothing."""
        changed = {one.setting_id for one in differences}
        self.rows = {
            setting_id: row
            for setting_id, row in self.rows.items()
            if setting_id in changed or row.errors
        }

    def start_again(self, lines: Mapping[int, SettingLine]) -> list[tuple[Row, str | None]]:
        """Let conflicting rows start from what is stored now; return what each started from."""
        started = [(row, row.seen) for row in self.conflicts]
        for row in self.rows.values():
            row.line = lines.get(row.setting_id)
        for row, _ in started:
            if row.line:
                row.start_from(row.line.value, row.line.etag)
        return started

    def _sorted(self) -> list[Row]:
        return sorted(self.touched.values(), key=lambda row: row.line.key if row.line else "")

    def _is_conflict(self, row: Row) -> bool:
        error = self.errors.get(row.setting_id)
        return isinstance(error, SettingChangedMeanwhile)


def sent(form: MultiDict[str, str], page: Listing, left_out: str = "") -> Sheet:
    """Return the rows that a form sent, without those that were sent back as they were served.

    Args:
        form: What was sent.
        page: The list that the rows stood in.
        left_out: The id of a row that is to be left out.
    """
    lines = page.by_id
    return Sheet(
        Row(setting_id, lines.get(setting_id), form)
        for setting_id in _ids(form)
        if str(setting_id) != left_out and not _is_as_served(form, f"{setting_id}-")
    )


def opened(page: Listing, typed: Mapping[int, Row]) -> Sheet:
    """Return the rows of a list that can be changed here, with what was typed in some of them."""
    rows = dict(typed)
    room = ROOM - sum(_size(row.typed) for row in rows.values())
    for line in (line for lines in page.shown.values() for line in lines):
        size = _size(line.value)
        if line.id in rows or line.lock or size > room:
            continue
        room -= size
        rows[line.id] = Row(line.id, line)
    return Sheet(rows.values())


def groups(page: Listing, sheet: Sheet) -> dict[str, list[SettingLine]]:
    """Return the lines to show, by category: those of the list, and those with a row."""
    shown = {line.id for lines in page.shown.values() for line in lines} | set(sheet.rows)
    found = settings.by_category(line for line in page.lines if line.id in shown)
    return {listing.name_of(category): lines for category, lines in found.items()}


def _ids(form: MultiDict[str, str]) -> Iterator[int]:
    for name in form:
        match = SENT.fullmatch(name)
        if match and int(match[1]) <= HIGHEST_ID:
            yield int(match[1])


def _is_as_served(form: MultiDict[str, str], prefix: str) -> bool:
    value, base, unset, was_unset = (
        form.get(f"{prefix}{name}", "") for name in ("value", "base", "unset", "base_unset")
    )
    return value == base and bool(unset) == bool(was_unset)


def _size(value: str | None) -> int:
    return FRAME + len(quote_plus(value or ""))


def _stored(row: Row) -> str | None:
    kind = DataType.of(row.line.data_type) if row.line else None
    if row.typed is None or kind is None:
        return row.typed
    return settings.canonical(row.typed, kind)
