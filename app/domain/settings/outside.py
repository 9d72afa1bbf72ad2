"""Changes from outside: stored values that are not the ones recorded last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain import audit
from app.domain.actor import OUTSIDE, Actor
from app.domain.settings import recorded, secrecy
from app.domain.settings.recorded import Recorded, StoredValue
from app.domain.settings.versions import CHANGED_OUTSIDE
from app.domain.target import Target
from app.models import ApplicationSetting, DbSession


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
    return changes_of(session, recorded.stored(settings))


def changes_of(session: DbSession, stored: Collection[StoredValue]) -> list[OutsideChange]:
    """Return the changes from outside of settings as they are stored; see `outside_changes`."""
    return _compared(stored, recorded.recorded(session, stored)) if stored else []


def all_outside_changes(session: DbSession) -> list[OutsideChange]:
    """Return the changes of all settings from outside, by key; see `outside_changes`."""
    settings = session.scalars(select(ApplicationSetting).order_by(ApplicationSetting.key))
    return outside_changes(session, list(settings))


def record_outside(
    session: DbSession, settings: Collection[ApplicationSetting], *, actor: Actor
) -> int:
    """Record the changes of these settings from outside, each once, before they are changed again.

    The first time, the values of all settings are recorded as the start.

    Args:
        session: The database session; the caller commits it.
        settings: The settings; their rows are locked, so that no other save records the same. None
            for a save that only adds settings.
        actor: The person or command that changes them next.

    Returns:
        The number of changes.
    """
    stored = recorded.stored(settings)
    known = recorded.recorded(session, stored)
    if not known.is_started:
        recorded.record_start(session, actor=actor)
    changes = _compared(stored, known)
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


def record_all_outside(session: DbSession, *, actor: Actor) -> tuple[int, int]:
    """Record the changes of all settings from outside, and values that were never recorded.

    Args:
        session: The database session; the caller commits it.
        actor: The command that records them.

    Returns:
        The number of changes, and that of the values that were taken as the start.
    """
    # The lock is the first statement, so that MySQL's snapshot is taken after waiting for it.
    query = select(ApplicationSetting).order_by(ApplicationSetting.id).with_for_update()
    settings = list(session.scalars(query.execution_options(populate_existing=True)))
    started = recorded.record_start(session, actor=actor)
    return record_outside(session, settings, actor=actor), started


def _compared(stored: Collection[StoredValue], known: Recorded) -> list[OutsideChange]:
    changes = []
    for setting in stored:
        value = known.values.get(setting.id)
        if value is None:
            continue
        before, after = (
            secrecy.masked(text) if text else text for text in (value.value, setting.value)
        )
        if before != after:
            target = Target("setting", setting.key, setting.id)
            changes.append(OutsideChange(target, before, after, value.at))
    return changes
