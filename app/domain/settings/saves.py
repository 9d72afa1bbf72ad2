"""Saves of several settings, as they were recorded."""

from dataclasses import dataclass

from app.domain import audit
from app.domain.errors import NotFound
from app.domain.settings import secrecy, secret_marks
from app.domain.settings.secret_marks import SecretMarks
from app.models import AuditEvent, DbSession

NO_CHANGE = "This change of settings does not exist."
SECRETS_CHANGED = "A secret was changed. Its former value is recorded nowhere, so it stays changed."


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
        NotFound: The event is not the change of a setting, does not hold its values, or tells of a
            secret, whose former value is recorded nowhere.
    """
    if event is None or event.action != "setting:changed":
        raise NotFound(NO_CHANGE)
    marks = secret_marks.secret_marks(session)
    changes = [one for one in audit.of_save(session, event) if one.action == event.action]
    if any(_tells_of_secret(change, marks) for change in changes):
        raise NotFound(SECRETS_CHANGED)
    return {
        change.target_id: _saved_value(change) for change in changes if change.target_id is not None
    }


def _tells_of_secret(change: AuditEvent, marks: SecretMarks) -> bool:
    sides = (audit.fields_of(change.before), audit.fields_of(change.after))
    is_secret = any(secrecy.IS_SET in side for side in sides)
    return is_secret or marks.hides(change.target_name, change.id)


def _saved_value(change: AuditEvent) -> SavedValue:
    before, after = audit.fields_of(change.before), audit.fields_of(change.after)
    try:
        return SavedValue(change.target_name, before["value"], after["value"])
    except KeyError:
        raise NotFound(NO_CHANGE) from None
