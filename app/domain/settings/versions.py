"""Versions: the values that settings had, as recorded, and the settings that were deleted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from app.domain import audit, paging
from app.domain.errors import NotFound
from app.domain.paging import Cursors, Page, Sort
from app.domain.settings import secret_marks
from app.models import ApplicationSetting, AuditEvent, DbSession

CHANGED, CHANGED_OUTSIDE = "setting:changed", "setting:changed-outside"
CREATED, RESTORED, DELETED = "setting:created", "setting:restored", "setting:deleted"
ADDED = (CREATED, RESTORED)
RECORDED = (CHANGED, CHANGED_OUTSIDE, CREATED, RESTORED, DELETED)
NEWEST_FIRST = Sort(AuditEvent.at, AuditEvent.id, descending=True)
_EVENTS: Select[Any] = select(*AuditEvent.__table__.columns)


@dataclass(frozen=True)
class Version:
    """A value that a setting had before or after a recorded change; None for "not set"."""

    event: AuditEvent
    value: str | None


def versions_page(session: DbSession, key: str, cursors: Cursors) -> Page:
    """Return one page of the recorded events that gave a setting a value, newest first.

    Those of a setting of the same key that was deleted are among them.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    query = _EVENTS.where(AuditEvent.target_type == "setting", AuditEvent.target_name == key)
    return _page(session, query.where(AuditEvent.action.in_(RECORDED)), cursors)


def deleted_page(session: DbSession, cursors: Cursors) -> Page:
    """Return one page of the newest deletion of each key that no setting has today.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    later = aliased(AuditEvent)
    again = exists().where(
        later.action == DELETED,
        later.target_name == AuditEvent.target_name,
        later.id > AuditEvent.id,
    )
    is_there = exists().where(ApplicationSetting.key == AuditEvent.target_name)
    query = _EVENTS.where(AuditEvent.action == DELETED, ~again, ~is_there)
    return _page(session, query, cursors)


def version(session: DbSession, key: str, event_id: int, *, is_before: bool) -> Version:
    """Return the value that a setting had before or after a recorded change.

    Args:
        session: The database session.
        key: The key of the setting.
        event_id: The event that records the change.
        is_before: Whether the value before the change is meant.

    Raises:
        NotFound: The event does not exist, tells of another setting or of no value, or the value
            is one that the console does not show.
    """
    event = audit.get(session, event_id)
    if event is None or event.action not in RECORDED or event.target_name != key:
        raise NotFound("This change of the setting does not exist.")
    fields = audit.fields_of(event.before if is_before else event.after)
    if not secret_marks.secret_marks(session).can_restore(key, event.id, fields):
        raise NotFound("This change tells of no value that the console can restore.")
    return Version(event, fields["value"])


def is_result(value: str | None, after: str | None) -> bool:
    """Tell whether a value is what a change left, given the recorded fields after the change."""
    return after is not None and audit.fields_of(after).get("value") == value


def _page(session: DbSession, query: Select[Any], cursors: Cursors) -> Page:
    after, before = cursors.after, cursors.before
    return paging.page(session, query, NEWEST_FIRST, after=after, before=before)
