"""The last recorded change of each setting: when it was, and by whom."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ScalarSelect, select

from app.domain import audit
from app.domain.errors import InvalidValue
from app.domain.settings.versions import CHANGED, CHANGED_OUTSIDE, CREATED, RESTORED
from app.models import ApplicationSetting, AuditEvent, DbSession
from app.models.base import utcnow

WITHIN = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "ever": None,
}
# Recorded changes by other programs too, which are known since they were recorded.
CHANGES = (CHANGED, CHANGED_OUTSIDE, CREATED, RESTORED)


class LastChange(NamedTuple):
    """A recorded change of a setting.

    Attributes:
        at: The time.
        actor: The name of who made it.
        updated_at: The time at which the row was changed last, by whichever program.
    """

    at: datetime
    actor: str
    updated_at: datetime


def last_changes(
    session: DbSession,
    within: str,
    actor_id: int | None = None,
    ids: Collection[int] | None = None,
) -> Mapping[int, LastChange]:
    """Return the last change of each setting that was changed, by the id, in one statement.

    Args:
        session: The database session; it only reads.
        within: ``day``, ``week``, ``month`` or ``ever``.
        actor_id: The user whose changes are wanted; None for everybody's.
        ids: The settings that are wanted; None for all.

    Raises:
        InvalidValue: The time is none of these.
    """
    if within not in WITHIN:
        raise InvalidValue("This filter does not exist.")
    newest = _newest(WITHIN[within], actor_id)
    settings = select(
        ApplicationSetting.id, ApplicationSetting.updated_at, newest.label("event_id")
    )
    if ids is not None:
        settings = settings.where(ApplicationSetting.id.in_(ids))
    found = settings.subquery()
    query = select(found.c.id, AuditEvent.at, AuditEvent.actor_name, found.c.updated_at)
    query = query.join(AuditEvent, AuditEvent.id == found.c.event_id)
    return {
        row.id: LastChange(row.at, row.actor_name, row.updated_at) for row in session.execute(query)
    }


def _newest(span: timedelta | None, actor_id: int | None) -> ScalarSelect[int]:
    """Return the id of the newest change of a setting, as part of a query of settings.

    By the index of a thing's history, for each setting by itself: settings are few, and their
    events may be many.
    """
    conditions = [
        AuditEvent.target_type == "setting",
        AuditEvent.target_id == ApplicationSetting.id,
        # A setting that was deleted may have had the same id.
        AuditEvent.target_name == ApplicationSetting.key,
        AuditEvent.action.in_(CHANGES),
    ]
    if actor_id is not None:
        conditions += audit.by_user(actor_id)
    if span:
        conditions.append(AuditEvent.at >= utcnow() - span)
    newest = select(AuditEvent.id).where(*conditions).order_by(AuditEvent.id.desc()).limit(1)
    return newest.correlate(ApplicationSetting).scalar_subquery()
