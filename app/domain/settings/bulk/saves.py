"""Saves of several settings, as they were recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select

from app.domain import audit
from app.domain.errors import NotFound
from app.domain.settings import deletions, secrecy, secret_marks
from app.domain.settings.secret_marks import SecretMarks
from app.domain.settings.versions import ADDED, CHANGED, CREATED, DELETED
from app.models import AuditEvent, DbSession

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


@dataclass(frozen=True)
class SettingsSave:
    """A save of settings.

    Attributes:
        event: The event that was chosen.
        values: The values that the save changed, added and deleted, by the id of the setting.
        secrets: The keys of secrets among them, whose former values are recorded nowhere.
        since: The newest events after it that added or deleted one, by the key and the action.
    """

    event: AuditEvent
    values: Mapping[int, SavedValue]
    secrets: Sequence[str]
    since: Mapping[tuple[str, str], int]

    def deletion(self, key: str) -> int | None:
        """Return the newest deletion of a setting since the save, if there was one."""
        return self.since.get((key, DELETED))

    def is_another(self, value: SavedValue) -> bool:
        """Tell whether the setting of the key is not the one of the save, but a later one."""
        added = (CREATED,) if value.was_there else ADDED
        newest = max(self.since.get((value.key, action), 0) for action in added)
        return newest > (self.deletion(value.key) or 0)


def save_of(session: DbSession, event: AuditEvent | None) -> SettingsSave:
    """Return the save that an event is part of.

    Raises:
        NotFound: The event is not of a setting's value, or does not hold it, or all of the save
            tells of secrets.
    """
    if event is None or event.action not in UNDOABLE:
        raise NotFound(NO_CHANGE)
    marks = secret_marks.secret_marks(session)
    changes = [
        one
        for one in audit.of_save(session, event)
        if one.action in UNDOABLE and one.target_id is not None
    ]
    secrets = [one.target_name for one in changes if _tells_of_secret(one, marks)]
    values = {
        one.target_id: _saved_value(one)
        for one in changes
        if one.target_id is not None and one.target_name not in secrets
    }
    if not values:
        raise NotFound(SECRETS_CHANGED if secrets else NO_CHANGE)
    keys = [value.key for value in values.values()]
    return SettingsSave(event, values, secrets, _later(session, event, keys))


def _later(
    session: DbSession, event: AuditEvent, keys: Sequence[str]
) -> dict[tuple[str, str], int]:
    newest = func.max(AuditEvent.id).label("event_id")
    query = select(AuditEvent.target_name, AuditEvent.action, newest).where(
        AuditEvent.action.in_((*ADDED, DELETED)),
        AuditEvent.target_name.in_(keys),
        AuditEvent.id > event.id,
        or_(AuditEvent.save_id.is_(None), AuditEvent.save_id != event.save_id),
    )
    rows = session.execute(query.group_by(AuditEvent.target_name, AuditEvent.action))
    return {(row.target_name, row.action): row.event_id for row in rows}


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
