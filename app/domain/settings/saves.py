"""Saves of several settings, as they were recorded."""

from dataclasses import dataclass

from app.domain import audit
from app.domain.errors import NotFound
from app.models import AuditEvent, DbSession

NO_CHANGE = "This change of settings does not exist."


@dataclass(frozen=True)
class SavedValue:
    """The value of a setting before and after a save."""

    key: str
    before: str | None
    after: str | None

    def is_of(self, key: str) -> bool:
        """Tell whether the setting has this key, and not only the id of an earlier one."""
        return self.key == key


def changes_of(session: DbSession, event: AuditEvent | None) -> dict[int, SavedValue]:
    """Return the values that a save changed, by the id of the setting.

    Raises:
        NotFound: The event is not the change of a setting, or does not hold its values.
    """
    if event is None or event.action != "setting:changed":
        raise NotFound(NO_CHANGE)
    return {
        change.target_id: _saved_value(change)
        for change in audit.of_save(session, event)
        if change.action == event.action and change.target_id is not None
    }


def _saved_value(change: AuditEvent) -> SavedValue:
    before, after = audit.fields_of(change.before), audit.fields_of(change.after)
    try:
        return SavedValue(change.target_name, before["value"], after["value"])
    except KeyError:
        raise NotFound(NO_CHANGE) from None
