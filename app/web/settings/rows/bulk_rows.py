"""The rows that are edited together, and the values that were typed in them."""

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
from app.web.differences import Comparison, compare
from app.web.events import conflicts
from app.web.events.conflicts import Author
from app.web.row_ids import possible_id
from app.web.settings.listing import Listing
from app.web.settings.rows.row_form import SettingRowForm
from app.web.settings.value_form import contested

SENT = re.compile(r"([1-9][0-9]{0,9})-etag")
# A form may take 1 MiB. A row's value is in it twice, and as many bytes again may be typed.
ROOM = 256 * 1024
FRAME = 200


class BulkRows:
    """The rows of a form, by the ids of their settings.

    Attributes:
        errors: The refusals, by the id of the setting.
        warnings: What rules warn of, although it was confirmed, by the id of the setting.
    """

    def __init__(self, rows: Iterable[SettingRowForm] = ()) -> None:
        self.rows = {row.setting_id: row for row in rows}
        self.errors: dict[int, RuleError] = {}
        self.warnings: dict[int, str] = {}

    @property
    def touched(self) -> dict[int, SettingRowForm]:
        """The rows whose value was edited."""
        return {setting_id: row for setting_id, row in self.rows.items() if row.is_touched}

    @property
    def edits(self) -> dict[int, SettingEdit]:
        """The new values, as the domain takes them."""
        return {setting_id: row.edit for setting_id, row in self.touched.items()}

    @property
    def is_misread(self) -> bool:
        """Tell whether a row contradicts itself or holds a value that is not valid."""
        rows = any(row.errors for row in self.rows.values())
        return rows or any(isinstance(error, InvalidValue) for error in self.errors.values())

    @property
    def requires_reason(self) -> bool:
        """Tell whether saving them needs a reason."""
        lines = (row.line for row in self.touched.values())
        return any(line is not None and line.rule.requires_reason for line in lines)

    @property
    def always_set(self) -> str:
        """The reason why "not set" is not offered, or ""."""
        return next((row.always_set for row in self.rows.values()), "")

    @property
    def conflicts(self) -> list[SettingRowForm]:
        """The rows whose setting was changed by somebody else meanwhile."""
        return [row for row in self._sorted() if self._is_conflict(row)]

    @property
    def refused(self) -> list[tuple[str, str, SettingRowForm]]:
        """The rows that cannot be saved at all: key, sentence and row."""
        return [
            (row.line.key if row.line else "A deleted setting", str(error), row)
            for row in self._sorted()
            if (error := self.errors.get(row.setting_id)) and not self._is_conflict(row)
        ]

    @property
    def changes(self) -> list[tuple[SettingLine, Comparison, str]]:
        """The rows that can be saved: the setting, its values compared, the warning or ""."""
        good = [row for row in self._sorted() if row.setting_id not in self.errors]
        return [
            (line, compare(line.value, _stored(row)), self.warnings.get(line.id, ""))
            for row in good
            if (line := row.line)
        ]

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The rows that can still be saved, as hidden fields."""
        lost = {row.setting_id for _, _, row in self.refused}
        rows = [row for row in self._sorted() if row.setting_id not in lost]
        return [pair for row in rows for pair in row.hidden_fields]

    @property
    def orphaned(self) -> list[tuple[str, str]]:
        """The rows whose setting was deleted, as hidden fields: the next review says so."""
        return [
            pair for row in self.rows.values() if row.line is None for pair in row.hidden_fields
        ]

    @property
    def count(self) -> int:
        """The number of settings to save."""
        return len(self.touched) - len(self.refused)

    @property
    def errors_summary(self) -> list[tuple[str, str]]:
        """The id of each field with an error, and the sentence with the key before it."""
        return [
            (field_id, f"{row.line.key if row.line else ''}: {sentence}")
            for row in self.rows.values()
            for field_id, sentence in row.errors_summary
        ]

    def show_errors(self, errors: Mapping[int, RuleError]) -> None:
        """Put each refusal beside its field."""
        self.errors = dict(errors)
        for setting_id, error in errors.items():
            if isinstance(error, InvalidValue) and not self.rows[setting_id].errors:
                self.rows[setting_id].refuse(error, self.rows[setting_id].status)

    def show_differences(self, differences: Iterable[ValueDifference]) -> None:
        """Drop the rows that change nothing, and put each warning beside its value."""
        self.warnings = {one.setting_id: one.warning for one in differences if one.setting_id}
        self.rows = {
            setting_id: row
            for setting_id, row in self.rows.items()
            if setting_id in self.warnings or row.errors
        }

    def rebase(self, lines: Mapping[int, SettingLine]) -> list[tuple[SettingRowForm, str | None]]:
        """Let conflicting rows start from the stored value; return the value each started from."""
        started = [(row, row.seen) for row in self.conflicts]
        for row in self.rows.values():
            row.line = lines.get(row.setting_id)
        for row, _ in started:
            if row.line:
                row.start_from(row.line.value, row.line.etag)
        return started

    def _sorted(self) -> list[SettingRowForm]:
        return sorted(self.touched.values(), key=lambda row: row.line.key if row.line else "")

    def _is_conflict(self, row: SettingRowForm) -> bool:
        error = self.errors.get(row.setting_id)
        return isinstance(error, SettingChangedMeanwhile)


def sent(form: MultiDict[str, str], page: Listing, left_out: str = "") -> BulkRows:
    """Return the edited rows of a form, without those that were sent back as served.

    Args:
        form: What was sent.
        page: The list that the rows stood in.
        left_out: The id of a row that is to be left out.
    """
    lines = page.by_id
    rows = BulkRows(
        SettingRowForm(setting_id, lines.get(setting_id), form)
        for setting_id in _ids(form)
        if str(setting_id) != left_out and not _is_as_served(form, f"{setting_id}-")
    )
    for row in rows.touched.values():
        row.validate()
    return rows


def opened(page: Listing, typed: Mapping[int, SettingRowForm]) -> BulkRows:
    """Return the rows of a list that can be changed, with the values typed in some of them."""
    rows = dict(typed)
    room = ROOM - sum(_size(row.typed) for row in rows.values())
    for line in (line for lines in page.shown.values() for line in lines):
        size = _size(line.value)
        if line.id in rows or line.read_only_reason or line.is_secret or size > room:
            continue
        room -= size
        rows[line.id] = SettingRowForm(line.id, line)
    return BulkRows(rows.values())


def groups(page: Listing, rows: BulkRows) -> dict[str, list[SettingLine]]:
    """Return the lines to show, by category: those of the list, and those with a row."""
    shown = {line.id for lines in page.shown.values() for line in lines} | set(rows.rows)
    return settings.by_category(line for line in page.lines if line.id in shown)


def authors_of(started: Iterable[tuple[SettingRowForm, str | None]]) -> dict[int, Author]:
    """Return who changed the conflicting settings, given the value each row started from."""
    rows = [contested(row.line, base) for row, base in started if row.line]
    return conflicts.authors_of(conflicts.SETTING, rows)


def _ids(form: MultiDict[str, str]) -> Iterator[int]:
    for name in form:
        match = SENT.fullmatch(name)
        if match and possible_id(match[1]):
            yield int(match[1])


def _is_as_served(form: MultiDict[str, str], prefix: str) -> bool:
    value, base, unset, was_unset = (
        form.get(f"{prefix}{name}", "") for name in ("value", "base", "unset", "base_unset")
    )
    return value == base and bool(unset) == bool(was_unset)


def _size(value: str | None) -> int:
    return FRAME + len(quote_plus(value or ""))


def _stored(row: SettingRowForm) -> str | None:
    kind = DataType.of(row.line.data_type) if row.line else None
    if row.typed is None or kind is None:
        return row.typed
    return settings.canonical(row.typed, kind)
