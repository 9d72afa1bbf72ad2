"""Deleted settings that a review restores, with the values that they had at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain import settings
from app.domain.errors import RuleError
from app.domain.settings import DeletedSince, PastValue, SettingExists, SettingLine, ValueDifference
from app.extensions import db
from app.web.events import conflicts
from app.web.events.conflicts import Author
from app.web.row_ids import parted
from app.web.settings.value_form import contested


class RestoredRows:
    """The deleted settings of a form, by the events of their deletions.

    Attributes:
        edit: What is to be restored; None for nothing.
        past: The settings as they were.
        requires_reason: Whether restoring them needs a reason.
        errors: The refusals.
        warnings: What rules warn of, although it was confirmed.
        authors: Who made the settings that exist again, by their key.
    """

    def __init__(self, edit: DeletedSince | None = None) -> None:
        self.edit = edit
        self.past: dict[int, PastValue] = {}
        self.requires_reason = False
        self.errors: dict[int, RuleError] = {}
        self.warnings: dict[int, str] = {}
        self.authors: dict[str, Author] = {}

    @property
    def ids(self) -> list[int]:
        """The events of those that can still be restored."""
        return [one for one in self.edit.event_ids if one not in self.errors] if self.edit else []

    @property
    def restorable(self) -> list[tuple[int, PastValue, str]]:
        """Settings that can be restored: the event, the setting as it was, the warning or ""."""
        return [(one, self.past[one], self.warnings.get(one, "")) for one in self._sorted(self.ids)]

    @property
    def refused(self) -> list[tuple[int, str, str, Author | None]]:
        """Settings that cannot be restored: event, key, sentence, and who made another."""
        keys = {one: self.past[one].key for one in self.past}
        return [
            (one, key, str(self.errors[one]), self.authors.get(key))
            for one in self._sorted(self.errors)
            for key in [keys.get(one, "A deleted setting")]
        ]

    def show_errors(self, errors: Mapping[int, RuleError], lines: Iterable[SettingLine]) -> None:
        """Take the refusals, and find out who made the settings that exist again."""
        self.errors = dict(errors)
        self.load()
        exist = {
            self.past[one].key
            for one, error in errors.items()
            if isinstance(error, SettingExists) and one in self.past
        }
        rows = [contested(line, None) for line in lines if line.key in exist]
        authors = conflicts.authors_of(conflicts.SETTING, rows)
        self.authors = {row.name: authors[row.id] for row in rows if row.id in authors}

    def show_differences(self, differences: Iterable[ValueDifference]) -> None:
        """Take the warnings."""
        self.warnings = {one.restored_by: one.warning for one in differences if one.restored_by}

    def load(self) -> None:
        """Read the settings as they were."""
        if self.edit and not self.past:
            moment, event_ids = self.edit.moment, self.edit.event_ids
            self.past = settings.deleted_since(db.session, moment, event_ids)
            deleted = [past.deleted for past in self.past.values() if past.deleted]
            self.requires_reason = need_reason([one.columns for one in deleted])

    def _sorted(self, ids: Iterable[int]) -> list[int]:
        return sorted(ids, key=lambda one: self.past[one].key if one in self.past else "")


def sent(as_of: str | None, deleted: str | None, left_out: int = 0) -> RestoredRows:
    """Return the deleted settings that a form restores.

    Args:
        as_of: The time, as `datetime.isoformat` writes it.
        deleted: The events, as `row_ids.joined` writes them.
        left_out: The one that is to be left out.
    """
    event_ids = sorted(parted(deleted) - {left_out})
    moment = _moment(as_of or "")
    return RestoredRows(DeletedSince(moment, event_ids) if event_ids and moment else None)


def need_reason(deleted: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether restoring settings with these columns needs a reason."""
    if not deleted:
        return False
    rules = settings.read_rules(db.session, [columns["key"] for columns in deleted])
    found = (rules.of(columns["key"], columns["category"]) for columns in deleted)
    return any(rule.requires_reason for rule in found)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
