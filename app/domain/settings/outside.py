"""Changes from outside: stored values that are not the ones recorded last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.domain import audit
from app.domain.actor import OUTSIDE
from app.domain.settings import secrecy, secrets
from app.domain.settings.versions import CHANGED_OUTSIDE, RECORDED
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession

_OTHER = aliased(AuditEvent)


@dataclass(frozen=True)
class OutsideChange:
    """A value that another program changed; passwords in both values are masked.

    Attributes:
        target: The setting.
        before: The value that was recorded last; None for "not set".
        after: The value that is stored.
        since: The time of the last record.
    """

    target: Target
    before: str | None
    after: str | None
    since: datetime


def outside_changes(
    session: DbSession, settings: Collection[ApplicationSetting]
) -> list[OutsideChange]:
    """Return the settings with another value than the one recorded last, in one statement.

    What was never recorded is no difference, and neither is a secret, which is never recorded.
    """
    by_id = {setting.id: setting for setting in settings if not secrets.is_secret_setting(setting)}
    changes = (_change(by_id[setting_id], event) for setting_id, event in _newest(session, by_id))
    return [change for change in changes if change is not None]


def all_outside_changes(session: DbSession) -> list[OutsideChange]:
    """Return the changes of all settings from outside, by key; see `outside_changes`."""
    settings = session.scalars(select(ApplicationSetting).order_by(ApplicationSetting.key))
    return outside_changes(session, list(settings))


def record_outside(session: DbSession, settings: Collection[ApplicationSetting]) -> int:
    """Record the changes of these settings from outside, each once, before they are changed again.

    Args:
        session: The database session; the caller commits it.
        settings: The settings; their rows are locked, so that no other save records the same.

    Returns:
        The number of changes.
    """
    changes = outside_changes(session, settings)
    for change in changes:
        audit.record(
            session,
            CHANGED_OUTSIDE,
            change.target,
            actor=OUTSIDE,
            before={"value": change.before},
            after={"value": change.after},
            reason=f"Last recorded on {change.since:%Y-%m-%d at %H:%M} UTC.",
        )
    return len(changes)


def record_all_outside(session: DbSession) -> int:
    """Record the changes of all settings from outside; see `record_outside`."""
    # The lock is the first statement, so that MySQL's snapshot is taken after waiting for it.
    query = select(ApplicationSetting).order_by(ApplicationSetting.id).with_for_update()
    settings = session.scalars(query.execution_options(populate_existing=True))
    return record_outside(session, list(settings))


def _newest(session: DbSession, ids: Collection[int]) -> list[tuple[int, AuditEvent]]:
    """Return the newest event of each setting that gave it a value, or deleted it."""
    if not ids:
        return []
    newest = (
        select(_OTHER.id)
        .where(_OTHER.target_type == "setting", _OTHER.action.in_(RECORDED))
        .where(_OTHER.target_id == ApplicationSetting.id)
        .order_by(_OTHER.id.desc())
        .limit(1)
    )
    # Each is looked up at the end of its index, however many events a setting has.
    query = select(ApplicationSetting.id, AuditEvent).select_from(ApplicationSetting)
    query = query.join(
        AuditEvent, AuditEvent.id == newest.correlate(ApplicationSetting).scalar_subquery()
    )
    query = query.where(ApplicationSetting.id.in_(ids))
    return [(row[0], row[1]) for row in session.execute(query.order_by(ApplicationSetting.key))]


def _change(setting: ApplicationSetting, event: AuditEvent) -> OutsideChange | None:
    fields = audit.fields_of(event.after)
    # Another key: the id was that of an earlier setting, or another program renamed it.
    if event.target_name != setting.key or "value" not in fields:
        return None
    before, after = (
        secrecy.masked(value) if value else value for value in (fields["value"], setting.value)
    )
    if before == after:
        return None
    return OutsideChange(Target.of_setting(setting), before, after, event.at)
