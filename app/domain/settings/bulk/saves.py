"""Saves of several settings, as they were recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain import audit
from app.domain.errors import NotFound
from app.domain.settings import deletions, secrecy, secret_marks
from app.domain.settings.secret_marks import SecretMarks
from app.domain.settings.versions import CHANGED, CREATED, DELETED, RESTORED
from app.models import AuditEvent, DbSession

ADDED = (CREATED, RESTORED)
UNDOABLE = (CHANGED, *ADDED, DELETED)
NO_CHANGE = "This change of settings does not exist."
SECRETS_CHANGED = "A secret was changed. Its former value is recorded nowhere, so it stays changed."


@dataclass(frozen=True)
class SavedValue:
    """The value of a setting before and after a save.

    Attributes:
        event_id: The event that records it.
        action: What the save did to the setting.
        key: The key.
        before: The value before; None for "not set", too.
        after: The value afterwards.
        columns: The columns of a setting that was added or deleted.
    """

    event_id: int
    action: str
    key: str
    before: str | None
    after: str | None
    columns: Mapping[str, Any] = field(default_factory=dict)

    @property
    def was_there(self) -> bool:
        """Tell whether the setting existed before."""
        return self.action not in ADDED

    @property
    def is_there(self) -> bool:
        """Tell whether it existed afterwards."""
        return self.action != DELETED

    def is_of(self, key: str) -> bool:
        """Tell whether the setting has this key, and not only the id of an earlier one."""
        return self.key == key


def changes_of(session: DbSession, event: AuditEvent | None) -> dict[int, SavedValue]:
    """Return the values that a save changed, added and deleted, by the id of the setting.

    Raises:
        NotFound: The event is not of a setting's value, does not hold it, or one of the save tells
            of a secret, whose former value is recorded nowhere.
    """
    if event is None or event.action not in UNDOABLE:
        raise NotFound(NO_CHANGE)
    marks = secret_marks.secret_marks(session)
    changes = [one for one in audit.of_save(session, event) if one.action in UNDOABLE]
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
    is_change = change.action == CHANGED
    columns = {} if is_change else before or after
    has_values = "value" in before and "value" in after
    if not (has_values if is_change else deletions.is_whole(columns)):
        raise NotFound(NO_CHANGE)
    sides = (before.get("value"), after.get("value"))
    return SavedValue(change.id, change.action, change.target_name, *sides, columns)
