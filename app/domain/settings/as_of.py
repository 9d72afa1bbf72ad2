"""The values of all settings as they were at a time, computed backwards from what is stored now.

The first event of a setting after that time tells what it was before. A setting without one has
been what was recorded last, or what it is now if nothing was: a change by another program that is
not recorded yet counts as one of now. The type and the texts of a setting that was deleted since
are those of its first deletion.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union

from app.domain import audit
from app.domain.settings import deletions, listing, outside, secrecy, secret_marks
from app.domain.settings.listing import SettingLine
from app.domain.settings.recorded import StoredValue
from app.domain.settings.secret_marks import SecretMarks
from app.domain.settings.values import DataType
from app.domain.settings.versions import DELETED, RECORDED
from app.models import AuditEvent, DbSession


@dataclass(frozen=True)
class DeletedSetting:
    """A setting as it was when it was deleted.

    Attributes:
        event_id: The event that records the deletion.
        setting_id: The id that it had.
        columns: Its columns.
    """

    event_id: int
    setting_id: int | None
    columns: Mapping[str, Any]

    def why_not(self, value: str | None) -> str:
        """Return the reason why it cannot be restored with a value, or ""."""
        if not self.columns.get("is_mutable", True):
            return "Marked read-only when it was deleted."
        data_type = self.columns["data_type"]
        if DataType.of(data_type) is None and value != self.columns["value"]:
            return f"Its data type, {data_type}, is not one that the console knows."
        return ""


@dataclass(frozen=True)
class PastValue:
    """A setting at two times.

    Attributes:
        key: The key.
        was_there: Whether it existed at the earlier time.
        is_there: Whether it existed at the later time.
        value: The value at the earlier time, as it may be shown.
        later: The value at the later time, as it may be shown.
        line: The setting as it is stored now; None if it is deleted.
        deleted: The setting as it was deleted since; None where nothing is to be restored.
        is_secret: Whether its value was a secret at one of the times.
    """

    key: str
    was_there: bool
    is_there: bool
    value: str | None
    later: str | None
    line: SettingLine | None
    deleted: DeletedSetting | None = None
    is_secret: bool = False

    @property
    def differs(self) -> bool:
        """Tell whether the setting was another one at the two times."""
        return (self.was_there, self.value) != (self.is_there, self.later)

    @property
    def why_not(self) -> str:
        """The reason why a save cannot restore the earlier value, or ""."""
        if not self.was_there:
            return "Did not exist."
        if self.is_secret or (self.line and self.line.is_secret):
            return "Secret: its former value is recorded nowhere."
        if not secrecy.is_whole(self.value):
            return secrecy.MASKED
        if self.line:
            return self.line.read_only_reason or ""
        if self.deleted:
            return self.deleted.why_not(self.value)
        return "Deleted outside the console, which does not know its data type."


@dataclass(frozen=True)
class AsOf:
    """All settings at two times, by key, and the time at which the record begins."""

    moment: datetime
    values: list[PastValue]
    begins: datetime | None


@dataclass(frozen=True)
class _State:
    """The existence of a setting, and its value."""

    is_there: bool
    value: str | None = None
    is_secret: bool = False


ABSENT = _State(is_there=False)


def as_of(session: DbSession, moment: datetime, later: datetime | None = None) -> AsOf:
    """Return all settings as they were at a time, in a constant number of statements.

    Args:
        session: The database session; it only reads.
        moment: The time.
        later: The time to compare with; None for now.
    """
    lines = {line.key: line for line in listing.read_all(session)}
    now = {
        key: _State(is_there=True, value=line.value, is_secret=line.is_secret)
        for key, line in lines.items()
    }
    known = {**now, **_recorded(session, lines.values())}
    marks = secret_marks.secret_marks(session)
    before, deletions_since = _first_after(session, marks, moment)
    past = {**known, **before}
    compared = {**known, **_first_after(session, marks, later)[0]} if later else now
    deleted = {} if later else deletions_since
    values = [
        _past_value(key, past, compared, lines.get(key), deleted)
        for key in sorted({*past, *compared})
    ]
    begins = session.scalars(select(func.min(AuditEvent.at))).one()
    return AsOf(moment, [value for value in values if value.was_there or value.is_there], begins)


def deleted_since(
    session: DbSession, moment: datetime, event_ids: Collection[int]
) -> dict[int, PastValue]:
    """Return deleted settings as they were at a time, by the event of the first deletion after it.

    Events that record no such deletion are left out.

    Args:
        session: The database session; it only reads.
        moment: The time.
        event_ids: The events.
    """
    events = session.scalars(select(AuditEvent).where(AuditEvent.id.in_(event_ids)))
    keys = {event.target_name for event in events if event.action == DELETED}
    marks = secret_marks.secret_marks(session)
    past, deleted = _first_after(session, marks, moment, keys)
    values = (_past_value(key, past, {}, None, deleted) for key in keys & past.keys())
    return {
        value.deleted.event_id: value
        for value in values
        if value.deleted and value.deleted.event_id in event_ids
    }


def _recorded(session: DbSession, lines: Iterable[SettingLine]) -> dict[str, _State]:
    """Return the settings that another program has changed since, as they were recorded last."""
    stored = [StoredValue(line.id, line.key, line.value) for line in lines if not line.is_secret]
    changes = outside.changes_of(session, stored)
    return {change.target.name: _State(is_there=True, value=change.before) for change in changes}


def _past_value(
    key: str,
    past: Mapping[str, _State],
    compared: Mapping[str, _State],
    line: SettingLine | None,
    deleted: Mapping[str, DeletedSetting],
) -> PastValue:
    was, then = past.get(key, ABSENT), compared.get(key, ABSENT)
    return PastValue(
        key,
        was_there=was.is_there,
        is_there=then.is_there,
        value=was.value,
        later=then.value,
        line=line,
        deleted=deleted.get(key) if was.is_there and line is None else None,
        is_secret=was.is_secret or then.is_secret,
    )


def _first_after(
    session: DbSession,
    marks: SecretMarks,
    moment: datetime,
    keys: Collection[str] | None = None,
) -> tuple[dict[str, _State], dict[str, DeletedSetting]]:
    """Return settings before the first event of each after a time, and as they were first deleted.

    Args:
        session: The database session; it only reads.
        marks: The marks of secrets.
        moment: The time.
        keys: The keys of the settings; None for all.
    """
    later = [AuditEvent.target_type == "setting", AuditEvent.at > moment]
    if keys is not None:
        later.append(AuditEvent.target_name.in_(keys))
    first = select(func.min(AuditEvent.id).label("id")).where(*later)
    first = first.group_by(AuditEvent.target_name)
    of_kinds = (AuditEvent.action.in_(RECORDED), AuditEvent.action == DELETED)
    # As a table of its own: MySQL would ask for a union in IN once for each event.
    ids = union(*(first.where(kind) for kind in of_kinds)).subquery()
    query = select(AuditEvent).join(ids, AuditEvent.id == ids.c.id)
    before: dict[str, _State] = {}
    deleted: dict[str, DeletedSetting] = {}
    for event in session.scalars(query.order_by(AuditEvent.id)):
        before.setdefault(event.target_name, _before(event, marks))
        if columns := deletions.columns_of(event):
            deleted.setdefault(
                event.target_name, DeletedSetting(event.id, event.target_id, columns)
            )
    return before, deleted


def _before(event: AuditEvent, marks: SecretMarks) -> _State:
    fields = audit.fields_of(event.before)
    if secrecy.IS_SET in fields or marks.hides(event.target_name, event.id):
        return _State(is_there=bool(fields), is_secret=True)
    if "value" not in fields:
        return ABSENT
    value = fields["value"]
    return _State(is_there=True, value=secrecy.masked(value) if value else value)
