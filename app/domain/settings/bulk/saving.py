"""Save a plan: the settings, and the events of one save."""

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import BeyondOwnPermissions
from app.domain.permissions import May, PermissionCode
from app.domain.settings import deletions, outside
from app.domain.settings.bulk.plan import SavePlan
from app.domain.settings.value_rules import checks
from app.domain.settings.versions import CHANGED, DELETED, RESTORED
from app.domain.target import Target
from app.models import AuditEvent, DbSession


def only_changes(code: PermissionCode) -> bool:
    """Tell whether it is the permission to change settings, which callers have checked."""
    return code is PermissionCode.SETTINGS_UPDATE


def save(
    session: DbSession, plan: SavePlan, reason: str, may: May, *, actor: Actor
) -> list[AuditEvent]:
    """Save a plan that was held to the rules, and record each setting.

    Args:
        session: The database session; the caller commits it.
        plan: The plan.
        reason: Why, in the actor's words.
        may: The question whether the actor has a permission.
        actor: The person or command making the changes.

    Returns:
        The events; none if the plan is empty.

    Raises:
        BeyondOwnPermissions: The actor may not change, create or delete settings, and this would.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    if not plan.settings:
        return []
    for settings, code in (
        (plan.changed, PermissionCode.SETTINGS_UPDATE),
        (plan.restored, PermissionCode.SETTINGS_CREATE),
        (plan.deleted, PermissionCode.SETTINGS_DELETE),
    ):
        if settings and not (actor.is_command or may(code)):
            raise BeyondOwnPermissions(f"You need the permission {code} for this.")
    rules = plan.rules
    needing = [one.key for one in plan.settings if rules.of(one.key, one.category).requires_reason]
    reason = checks.reason_for(reason, needing)
    changed = [setting for setting, _ in plan.changed]
    outside.record_outside(session, [*changed, *plan.deleted], actor=actor)
    changes = [*_changed(plan), *_deleted(session, plan), *_restored(session, plan)]
    session.flush()
    made = audit.record_save(session, changes, actor=actor, reason=reason)
    return audit.events_of(session, made)


def _changed(plan: SavePlan) -> list[tuple[Target, Change]]:
    changes = []
    for setting, value in plan.changed:
        change = Change(CHANGED, {"value": setting.value}, {"value": value})
        changes.append((Target.of_setting(setting), change))
        setting.value = value
    return changes


def _deleted(session: DbSession, plan: SavePlan) -> list[tuple[Target, Change]]:
    changes = []
    for setting in plan.deleted:
        change = Change(DELETED, deletions.kept(setting))
        changes.append((Target.of_setting(setting), change))
        session.delete(setting)
    return changes


def _restored(session: DbSession, plan: SavePlan) -> list[tuple[Target, Change]]:
    # Those with an old id go first: SQLite could give it to one without.
    settings = sorted(plan.restored.values(), key=lambda setting: setting.id is None)
    session.add_all(settings)
    session.flush()
    return [
        (Target.of_setting(setting), Change(RESTORED, after=deletions.kept(setting)))
        for setting in settings
    ]
