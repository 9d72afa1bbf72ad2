"""Deleted settings as they would be restored, with the values that they had at a time."""

from app.domain.errors import NotFound, RuleError
from app.domain.settings import values
from app.domain.settings.as_of import DeletedSetting, PastValue, deleted_since
from app.domain.settings.bulk.edits import DeletedSince
from app.domain.settings.bulk.plan import noted
from app.domain.settings.deletions import NO_DELETION
from app.domain.settings.editing import SettingIsReadOnly
from app.domain.settings.values import DataType
from app.domain.target import Target
from app.models import ApplicationSetting, DbSession


def of_past(
    session: DbSession, deleted: DeletedSince, errors: dict[int, RuleError]
) -> dict[int, ApplicationSetting]:
    """Return settings that were deleted since, not yet added, by the event of their deletion.

    Args:
        session: The database session; it only reads.
        deleted: The settings, and the time.
        errors: Takes the refusals, by the event of the deletion.
    """
    found = deleted_since(session, deleted.moment, deleted.event_ids)
    settings = {}
    for event_id in sorted(deleted.event_ids):
        with noted(errors, event_id):
            settings[event_id] = _of_past(found.get(event_id))
    return settings


def of_deletion(deleted: DeletedSetting, value: str | None) -> ApplicationSetting:
    """Return a setting as it was deleted, but for its value; it is not yet added."""
    return ApplicationSetting(**{**deleted.columns, "value": value}, id=deleted.setting_id)


def _of_past(past: PastValue | None) -> ApplicationSetting:
    if past is None or past.deleted is None:
        raise NotFound(NO_DELETION)
    if past.why_not:
        sentence = f"{past.key} cannot be restored. {past.why_not}"
        raise SettingIsReadOnly(sentence, target=Target("setting", past.key))
    value, columns = past.value, past.deleted.columns
    kind = DataType.of(columns["data_type"])
    # Whatever it was deleted with is restored; another value is held to the data type.
    if value is not None and kind is not None and value != columns["value"]:
        value = values.canonical(value, kind)
    return of_deletion(past.deleted, value)
