"""Create, delete and restore settings."""

from dataclasses import replace

from app.domain import audit, confirmation, validation
from app.domain.actor import Actor
from app.domain.confirmation import Deletion
from app.domain.settings import (
    deletions,
    editing,
    outside,
    read_only,
    secrecy,
    secret_marks,
    secrets,
)
from app.domain.settings.deletions import SettingExists
from app.domain.settings.editing import SettingChangedMeanwhile, SettingIsReadOnly
from app.domain.settings.lookup import load_for_update
from app.domain.settings.new_setting import NewSetting, checked_columns, is_taken
from app.domain.settings.value_rules import checks, rules
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession


def create(session: DbSession, new: NewSetting, *, actor: Actor) -> ApplicationSetting:
    """Add a setting and record who did it.

    Args:
        session: The database session; the caller commits it.
        new: What was typed.
        actor: The person or command adding it.

    Returns:
        The setting.

    Raises:
        InvalidValue: The key breaks the rules for keys or is taken, a field is too long, the text
            is not a value of the data type, breaks a rule, there is no key to encrypt a secret, the
            database keeps no setting without a value, or there is no reason where one is needed.
    """
    if not rules.take_turns(session):
        rules.take_turns_over_new(session)
    # Rules are found by what is stored, and that is without the spaces that somebody typed.
    new = replace(new, key=new.key.strip(), category=new.category.strip())
    found = rules.read_rules(session, [new.key])
    passed = validation.all_of(
        columns=lambda: checked_columns(session, found, new),
        reason=lambda: _reason(found, new.reason, new.key, new.category),
    )
    outside.record_outside(session, [], actor=actor)
    setting = ApplicationSetting(**passed["columns"])
    _add(session, setting, "setting:created", passed["reason"], actor)
    return setting


def delete(session: DbSession, setting_id: int, typed: Deletion, *, actor: Actor) -> AuditEvent:
    """Delete a setting, and record all that restoring it takes.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting.
        typed: What was typed, and the etag it was typed against.
        actor: The person or command deleting it.

    Returns:
        The event that records it, by which `restore` restores the setting.

    Raises:
        NotFound: The setting does not exist.
        SettingIsReadOnly: The setting is read-only, or a secret that is set.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The key that was typed is another one, or the reason is too long, or there is
            none where one is needed.
    """
    setting = load_for_update(session, setting_id)
    found = rules.rules_of(session, [setting])
    _refuse_deletion(setting, typed.etag)
    passed = validation.all_of(
        key=lambda: confirmation.confirmed(
            typed.name, setting.key, "", what="the key", field="key"
        ),
        reason=lambda: _reason(found, typed.reason, setting.key, setting.category),
    )
    reason = passed["reason"]
    outside.record_outside(session, [setting], actor=actor)
    target, before = Target.of_setting(setting), deletions.kept(setting)
    event = audit.record(
        session, "setting:deleted", target, actor=actor, reason=reason, before=before
    )
    session.delete(setting)
    session.flush()
    return event


def _refuse_deletion(setting: ApplicationSetting, etag: str) -> None:
    refusal = deletions.deletion_refusal(setting)
    if refusal is not None:
        sentence = f"{setting.key} cannot be deleted here. {refusal}"
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    if etag != editing.etag_of(setting):
        raise SettingChangedMeanwhile(setting)


def restore(
    session: DbSession, event_id: int, reason: str = "", *, actor: Actor
) -> ApplicationSetting:
    """Restore a deleted setting as it was, and record who did it.

    Args:
        session: The database session; the caller commits it.
        event_id: The event that records the deletion.
        reason: Why, in the actor's words.
        actor: The person restoring it.

    Returns:
        The setting, with its old id unless another setting has that by now; a secret without its
        value.

    Raises:
        NotFound: The event does not exist.
        SettingExists: A setting with the key exists again.
        InvalidValue: The reason is too long, or there is none where one is needed; the value breaks
            a rule; or the setting had no value and the database keeps none of these.
    """
    if not rules.take_turns(session):
        rules.take_turns_over_new(session)
    event = deletions.deletion_event(session, event_id)
    kept = deletions.columns_of(event)
    if secret_marks.secret_marks(session).hides(kept["key"], event.id):
        kept["value"] = None
    found = rules.read_rules(session, [kept["key"]])
    reason = _reason(found, reason, kept["key"], kept["category"])
    if is_taken(session, kept["key"]):
        raise SettingExists(kept["key"])
    if kept["value"] is None:
        read_only.refuse_not_set(session)
    is_free = session.get(ApplicationSetting, event.target_id) is None
    setting = ApplicationSetting(**kept, id=event.target_id if is_free else None)
    editing.hold_to_rules(session, found, setting, setting.value, anyway=True)
    _add(session, setting, "setting:restored", reason, actor)
    return setting


def _reason(found: SettingRules, reason: str, key: str, category: str | None) -> str:
    is_needed = found.of(key, category).requires_reason
    return checks.reason_for(reason, [key] if is_needed else [])


def _add(
    session: DbSession, setting: ApplicationSetting, action: str, reason: str, actor: Actor
) -> None:
    session.add(setting)
    session.flush()
    target, after = Target.of_setting(setting), deletions.kept(setting)
    if setting.value is not None and secrets.is_secret_setting(setting):
        after |= {"value": None, secrecy.IS_SET: True}
    audit.record(session, action, target, actor=actor, reason=reason, after=after)
    session.flush()
