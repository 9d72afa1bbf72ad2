"""Settings of a file, saved together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from app.domain import audit, not_null
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.settings import outside
from app.domain.settings.value_rules import checks
from app.domain.settings.wanted.plan import SettingsPlan
from app.domain.target import Target
from app.models import ApplicationSetting, DbSession


def save_wanted(session: DbSession, plan: SettingsPlan, reason: str, *, actor: Actor) -> None:
    """Save a plan that was made under locks, and record each setting.

    Raises:
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    columns = [(one["key"], one["category"]) for one in plan.added]
    columns += [(setting.key, setting.category) for setting, _ in plan.changed]
    needing = [key for key, category in columns if plan.rules.of(key, category).requires_reason]
    reason = checks.reason_for(reason, needing)
    if plan.changed or plan.added:
        outside.record_outside(session, [setting for setting, _ in plan.changed], actor=actor)
    changes = []
    for setting, value in plan.changed:
        change = Change("setting:changed", {"value": setting.value}, {"value": value})
        changes.append((Target.of_setting(setting), change))
        setting.value = value
    session.flush()
    changes += _created(session, plan.added)
    if changes:
        audit.record_save(session, changes, actor=actor, reason=reason)


def _created(session: DbSession, added: Sequence[dict[str, Any]]) -> list[tuple[Target, Change]]:
    """Add new settings in one statement, and return what is to be recorded."""
    if not added:
        return []
    connection = session.connection()
    rows = [not_null.filled(connection, ApplicationSetting, one) for one in added]
    connection.execute(insert(ApplicationSetting), rows)
    query = select(ApplicationSetting.key, ApplicationSetting.id)
    query = query.where(ApplicationSetting.key.in_([one["key"] for one in added]))
    ids = {row.key: row.id for row in session.execute(query)}
    return [
        (Target("setting", one["key"], ids[one["key"]]), Change("setting:created", after=one))
        for one in added
    ]
