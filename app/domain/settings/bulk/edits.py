"""Changes of several settings as they are asked for, and as a review tells them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFound
from app.domain.phrases import listed
from app.domain.settings.as_of import AsOf
from app.domain.settings.editing import SettingEdit, SettingIsReadOnly
from app.domain.target import Target

Edits = Mapping[int, SettingEdit]


@dataclass(frozen=True)
class DeletedSince:
    """Settings that were deleted after a time, to be restored with their values of that time.

    Attributes:
        moment: The time.
        event_ids: The events that record the first deletion of each after it.
    """

    moment: datetime
    event_ids: Collection[int]


@dataclass(frozen=True)
class BulkSettingEdit:
    """New values of several settings, by their ids, and the reason for all of them.

    Attributes:
        deleted: Settings that are restored by the same save.
    """

    edits: Edits
    reason: str = ""
    deleted: DeletedSince | None = None


@dataclass(frozen=True)
class ValueDifference:
    """The old and the new value of a setting in a bulk change.

    Attributes:
        setting_id: The id of the setting; None for one that is restored.
        restored_by: The event that records the deletion of a setting that is restored.
        warning: What a rule warns of, although it was confirmed, as a sentence; or "".
    """

    setting_id: int | None
    key: str
    data_type: str
    before: str | None
    after: str | None
    warning: str = ""
    restored_by: int | None = None


def edit_of_past(past: AsOf, keys: Collection[str], reason: str = "") -> BulkSettingEdit:
    """Return the change that gives settings the values that they had, deleted ones included.

    Args:
        past: The settings as they were at a time.
        keys: The keys of those to restore.
        reason: Why, in the actor's words.

    Raises:
        NotFound: One of them neither existed then nor exists now.
        SettingIsReadOnly: One of them cannot be restored; the sentence says why.
    """
    by_key = {value.key: value for value in past.values}
    if missing := sorted(set(keys) - by_key.keys()):
        raise NotFound(f"There is no setting named {listed(missing)}, and there was none then.")
    chosen = [by_key[key] for key in sorted(set(keys))]
    for value in chosen:
        if value.why_not:
            sentence = f"{value.key} cannot be restored. {value.why_not}"
            raise SettingIsReadOnly(sentence, target=Target("setting", value.key))
    edits = {
        value.line.id: SettingEdit(value.value, value.line.etag, anyway=True)
        for value in chosen
        if value.line
    }
    event_ids = [value.deleted.event_id for value in chosen if value.deleted]
    deleted = DeletedSince(past.moment, event_ids) if event_ids else None
    return BulkSettingEdit(edits, reason, deleted)
