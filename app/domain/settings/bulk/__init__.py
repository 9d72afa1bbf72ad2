"""Saves of several settings: reviewed, then changed, restored and deleted together, and undone."""

from app.domain.settings.bulk.changing import change_many, review_many
from app.domain.settings.bulk.edits import (
    BulkSettingEdit,
    DeletedSince,
    ValueDifference,
    edit_of_past,
)
from app.domain.settings.bulk.refusal import BulkInvalid, BulkOutdated, BulkReadOnly, BulkRefused
from app.domain.settings.bulk.saves import UNDOABLE, SavedValue
from app.domain.settings.bulk.undoing import SettingsUndo, review_undo, undo

__all__ = [
    "UNDOABLE",
    "BulkInvalid",
    "BulkOutdated",
    "BulkReadOnly",
    "BulkRefused",
    "BulkSettingEdit",
    "DeletedSince",
    "SavedValue",
    "SettingsUndo",
    "ValueDifference",
    "change_many",
    "edit_of_past",
    "review_many",
    "review_undo",
    "undo",
]
