"""The values of settings as they were recorded last: by an event of their own, or by a start.

A start holds the values of settings that had none recorded, in events of a hundred ids each. The
first save takes one of all settings; ``flask doctor --record`` adds those that came since.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, null, select, union_all
from sqlalchemy.orm import aliased

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.settings import secrecy, secrets
from app.domain.settings.secret_marks import SecretMarks
from app.domain.settings.values import HIDDEN
from app.domain.settings.versions import RECORDED
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession

STARTED, START = "settings:recorded", "settings"
VALUES = "values"
# The types of the targets of events that hold values of settings.
TOLD_OF = frozenset({"setting", START})
AT_ONCE = 100
# A statement of MySQL has an end, and a value may have 64 KB.
_MOST_CHARACTERS = 1_000_000
_OTHER = aliased(AuditEvent)
_COLUMNS = (AuditEvent.id, AuditEvent.at, AuditEvent.target_name, AuditEvent.after)


class StoredValue(NamedTuple):
    """A setting that is no secret, as it is stored."""

    id: int
    key: str
    value: str | None


class RecordedValue(NamedTuple):
    """A value that was recorded, and when; None for "not set"."""

    value: str | None
    at: datetime


class Recorded(NamedTuple):
    """The recorded values by the id of the setting, and whether there is a start."""

    values: Mapping[int, RecordedValue]
    is_started: bool


def stored(settings: Iterable[ApplicationSetting]) -> list[StoredValue]:
    """Return settings as they are stored, without secrets, whose values are never recorded."""
    return [
        StoredValue(setting.id, setting.key, setting.value)
        for setting in settings
        if not secrets.is_secret_setting(setting)
    ]


def recorded(session: DbSession, settings: Collection[StoredValue]) -> Recorded:
    """Return the values that were recorded last, in one statement."""
    by_id = {setting.id: setting for setting in settings}
    found: dict[int, RecordedValue] = {}
    own: set[int] = set()
    is_started = False
    for event in _events(session, by_id):
        fields = audit.fields_of(event.after)
        if event.setting_id is None:
            is_started = True
            taken = _taken(by_id, fields, event.at)
            found |= {id_: value for id_, value in taken if id_ not in own}
        elif event.target_name != by_id[event.setting_id].key:
            # The id was that of an earlier setting, or another program renamed it.
            continue
        elif "value" in fields and secrecy.IS_SET not in fields:
            own.add(event.setting_id)
            found[event.setting_id] = RecordedValue(fields["value"], event.at)
        else:
            found.pop(event.setting_id, None)
    return Recorded(found, is_started)


def record_start(session: DbSession, *, actor: Actor) -> int:
    """Record the values of all settings that have none recorded; return how many there are.

    Args:
        session: The database session; the caller commits it.
        actor: The person or command whose save or record it belongs to.
    """
    settings = stored(session.scalars(select(ApplicationSetting).order_by(ApplicationSetting.id)))
    known = recorded(session, settings)
    missing = [setting for setting in settings if setting.id not in known.values]
    changes = list(_start(missing))
    if not (known.is_started or any(target.id == 0 for target, _ in changes)):
        changes.append(_part(0, []))
    if changes:
        audit.record_save(session, changes, actor=actor)
    return len(missing)


def shown_start(event: Any, fields: audit.Fields, marks: SecretMarks) -> audit.Fields:
    """Return the fields of an event; those of a start as values by key, without secrets."""
    if event.action != STARTED:
        return fields
    values = {
        key: HIDDEN if marks.hides(key, event.id) else value and secrecy.masked(value)
        for key, value in sorted(map(tuple, fields.get(VALUES, {}).values()))
    }
    return {**fields, VALUES: values}


def _events(session: DbSession, by_id: Mapping[int, StoredValue]) -> Sequence[Any]:
    """Return the newest event of each setting that gave it a value, and the starts, by id."""
    newest = (
        select(_OTHER.id)
        .where(_OTHER.target_type == "setting", _OTHER.action.in_(RECORDED))
        .where(_OTHER.target_id == ApplicationSetting.id)
        .order_by(_OTHER.id.desc())
        .limit(1)
    )
    # Each is looked up at the end of its index, however many events a setting has.
    newest_id = newest.correlate(ApplicationSetting).scalar_subquery()
    own = select(ApplicationSetting.id.label("setting_id"), *_COLUMNS)
    own = own.join(AuditEvent, AuditEvent.id == newest_id)
    own = own.where(ApplicationSetting.id.in_(sorted(by_id)))
    # The part 0 tells whether there is a start.
    parts = sorted({0, *(id_ // AT_ONCE for id_ in by_id)})
    starts = select(null().label("setting_id"), *_COLUMNS)
    starts = starts.where(AuditEvent.target_type == START, AuditEvent.target_id.in_(parts))
    query: CompoundSelect[Any] = union_all(own, starts)
    rows = session.execute(query).all()
    return sorted(rows, key=lambda event: event.id)


def _taken(
    by_id: Mapping[int, StoredValue], fields: audit.Fields, at: datetime
) -> Iterator[tuple[int, RecordedValue]]:
    for text, (key, value) in fields.get(VALUES, {}).items():
        setting = by_id.get(int(text))
        if setting is not None and setting.key == key:
            yield setting.id, RecordedValue(value, at)


def _start(settings: Iterable[StoredValue]) -> Iterator[tuple[Target, Change]]:
    for part, found in groupby(settings, lambda setting: setting.id // AT_ONCE):
        held: list[StoredValue] = []
        for setting in found:
            if sum(len(one.value or "") for one in [*held, setting]) > _MOST_CHARACTERS:
                yield _part(part, held)
                held = []
            held.append(setting)
        yield _part(part, held)


def _part(part: int, settings: Iterable[StoredValue]) -> tuple[Target, Change]:
    values = {
        str(setting.id): (
            setting.key,
            secrecy.masked(setting.value) if setting.value else setting.value,
        )
        for setting in settings
    }
    return Target(START, "values of settings", part), Change(STARTED, after={VALUES: values})
