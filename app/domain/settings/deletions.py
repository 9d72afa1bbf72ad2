"""Deletions of settings: what refuses one, and what its event holds to restore the setting."""

from collections.abc import Mapping
from typing import Any

from app.domain import audit
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.settings import secrecy, secrets
from app.domain.settings.versions import DELETED
from app.models import ApplicationSetting, AuditEvent, DbSession

NEEDED = frozenset({"key", "value", "data_type", "category"})
NO_DELETION = "This deletion of a setting does not exist."
KEPT = ("key", "value", "data_type", "description", "category", "is_mutable")


class SettingExists(ChangedMeanwhile):
    """A setting with the key of a deleted one exists again."""

    def __init__(self, key: str) -> None:
        super().__init__(f"A setting named {key} exists again, so this one was not restored.")


def deletion_event(session: DbSession, event_id: int) -> AuditEvent:
    """Return the event that records the deletion of a setting.

    Raises:
        NotFound: The event does not exist, or does not hold the setting.
    """
    event = audit.get(session, event_id)
    if event is None or not columns_of(event):
        raise NotFound(NO_DELETION)
    return event


def columns_of(event: AuditEvent) -> dict[str, Any]:
    """Return the columns that the event of a deletion holds; {} if it holds no setting."""
    fields = audit.fields_of(event.before)
    return fields if event.action == DELETED and is_whole(fields) else {}


def is_whole(fields: audit.Fields) -> bool:
    """Tell whether the fields of an event are the columns of a setting."""
    return NEEDED <= fields.keys() <= {*KEPT}


def kept(setting: ApplicationSetting) -> dict[str, Any]:
    """Return the columns of a setting, as the events of its deletion and restore hold them."""
    return {name: getattr(setting, name) for name in KEPT}


def is_as(setting: ApplicationSetting, columns: Mapping[str, Any]) -> bool:
    """Tell whether a setting is as an event recorded it."""
    # A database may keep "" for a text that was left out.
    texts = all((getattr(setting, name) or "") == (columns[name] or "") for name in columns)
    return texts and setting.value == columns["value"]


def deletion_refusal(setting: ApplicationSetting) -> str | None:
    """Return the reason why the setting cannot be deleted here, or None."""
    if not setting.is_mutable:
        return "Marked read-only in the database."
    if setting.value is not None and secrets.is_secret_setting(setting):
        return "Secret: remove its value first, which the history must not keep."
    if secrecy.holds_password(setting.value):
        return "Its value holds a password, which the history must not keep."
    return None
