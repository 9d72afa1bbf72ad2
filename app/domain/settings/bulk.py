"""Bulk changes: several settings, reviewed first, then all saved together or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import NotFound, RuleError
from app.domain.settings import editing, outside, secrets
from app.domain.settings.bulk_refusal import refusal_of
from app.domain.settings.editing import SettingEdit, SettingIsReadOnly
from app.domain.settings.saves import changes_of
from app.domain.settings.value_rules import checks, rules
from app.domain.settings.value_rules.checks import NewValue
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession

Edits = Mapping[int, SettingEdit]
NewSettingValue = tuple[ApplicationSetting, str | None]


@dataclass(frozen=True)
class BulkSettingEdit:
    """New values of several settings, by their ids, and the reason for all of them."""

    edits: Edits
    reason: str = ""


@dataclass(frozen=True)
class ValueDifference:
    """The old and the new value of a setting in a bulk change.

    Attributes:
        warning: What a rule warns of, although it was confirmed, as a sentence; or "".
    """

    setting_id: int
    key: str
    data_type: str
    before: str | None
    after: str | None
    warning: str = ""


def review_many(
    session: DbSession, edit: BulkSettingEdit, *, actor: Actor
) -> list[ValueDifference]:
    """Return the values that the edit would change, by key.

    Args:
        session: The database session; it only reads.
        edit: The new values, by the id of the setting.
        actor: The person or command who asks; unused, as every review is called alike.

    Raises:
        BulkRefused: `change_many` would refuse the edit.
    """
    del actor
    settings = _by_id(session, _query(edit.edits))
    found = _rules_of(session, settings)
    changed = _changed(settings, _accepted(session, found, settings, edit.edits))
    confirmed = checks.mistakes_of(session, found, [_new_value(*change) for change in changed])
    differences = [
        _difference(setting, value, str(confirmed.get(setting.key, "")))
        for setting, value in changed
    ]
    return sorted(differences, key=lambda difference: difference.key)


def change_many(session: DbSession, edit: BulkSettingEdit, *, actor: Actor) -> list[AuditEvent]:
    """Give several settings new values, all or none, and record who did it.

    Args:
        session: The database session; the caller commits it.
        edit: The new values, by the id of the setting, and the reason for all of them.
        actor: The person or command making the changes.

    Returns:
        The events of the save; none for a setting that had the value already.

    Raises:
        BulkReadOnly: A setting is read-only, of an unknown data type, or a secret: these are
            changed one by one, so that no review holds one.
        BulkOutdated: A setting has changed since it was shown, or was deleted.
        BulkInvalid: A value is not valid for the data type of its setting, or breaks a rule.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    rules.take_turns(session)
    settings = _load_for_update(session, edit.edits)
    found = _rules_of(session, settings)
    accepted = _accepted(session, found, settings, edit.edits)
    return _put(session, found, _changed(settings, accepted), edit.reason, actor)


def undo(session: DbSession, event_id: int, reason: str = "", *, actor: Actor) -> list[AuditEvent]:
    """Give the settings of a save the values that they had before it, all or none.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        reason: Why, in the actor's words.
        actor: The person who undoes it.

    Returns:
        The events that record it.

    Raises:
        NotFound: The event is not the change of a setting.
        BulkRefused: A setting has changed since, was deleted, is read-only, or its value from
            before the save breaks a rule.
        InvalidValue: The reason is too long, or there is none where one is needed.
    """
    rules.take_turns(session)
    saved = changes_of(session, audit.get(session, event_id))
    settings = {
        setting_id: setting
        for setting_id, setting in _load_for_update(session, saved).items()
        if saved[setting_id].is_of(setting.key)
    }
    edits = {
        setting_id: SettingEdit(
            value.before, _etag_if(settings.get(setting_id), value.after), anyway=True
        )
        for setting_id, value in saved.items()
    }
    found = _rules_of(session, settings)
    accepted = _accepted(session, found, settings, edits)
    return _put(session, found, _changed(settings, accepted), reason, actor)


def _query(ids: Collection[int]) -> Select[ApplicationSetting]:
    query = select(ApplicationSetting).where(ApplicationSetting.id.in_(ids))
    return query.order_by(ApplicationSetting.id)


def _by_id(session: DbSession, query: Select[ApplicationSetting]) -> dict[int, ApplicationSetting]:
    return {setting.id: setting for setting in session.scalars(query)}


def _load_for_update(session: DbSession, ids: Collection[int]) -> dict[int, ApplicationSetting]:
    # Everybody locks in the order of the ids, so that two who save overlapping sets wait for
    # each other instead of deadlocking. On MySQL this is the first statement of its
    # transaction, and reads what is there now; SQLite has locked the whole file.
    query = _query(ids).with_for_update().execution_options(populate_existing=True)
    return _by_id(session, query)


def _rules_of(session: DbSession, settings: Mapping[int, ApplicationSetting]) -> SettingRules:
    return rules.read_rules(session, [setting.key for setting in settings.values()])


def _accepted(
    session: DbSession,
    found: SettingRules,
    settings: Mapping[int, ApplicationSetting],
    edits: Edits,
) -> dict[int, str | None]:
    accepted: dict[int, str | None] = {}
    errors: dict[int, RuleError] = {}
    for setting_id, edit in sorted(edits.items()):
        try:
            accepted[setting_id] = _accept(session, settings.get(setting_id), edit)
        except RuleError as error:
            errors[setting_id] = error
    changed = _changed(settings, accepted)
    new = [_new_value(*change, anyway=edits[change[0].id].anyway) for change in changed]
    mistakes = checks.mistakes_of(session, found, new)
    errors |= {one.id: mistakes[one.key] for one, _ in changed if one.key in mistakes}
    if errors:
        raise refusal_of(errors)
    return accepted


def _accept(
    session: DbSession, setting: ApplicationSetting | None, edit: SettingEdit
) -> str | None:
    if setting is None:
        raise NotFound("This setting was deleted while you were editing it.")
    if secrets.is_secret_setting(setting):
        sentence = f"{setting.key} is a secret: change it on its own page."
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    return editing.accepted(session, setting, edit)


def _difference(setting: ApplicationSetting, value: str | None, warning: str) -> ValueDifference:
    before = setting.value
    return ValueDifference(setting.id, setting.key, setting.data_type, before, value, warning)


def _etag_if(setting: ApplicationSetting | None, value: str | None) -> str:
    """Return the etag of the setting if it still has the value, else one that nothing has."""
    holds = setting is not None and setting.value == value
    return editing.etag_of(setting) if setting is not None and holds else ""


def _changed(
    settings: Mapping[int, ApplicationSetting], accepted: Mapping[int, str | None]
) -> list[NewSettingValue]:
    pairs = [(settings[setting_id], value) for setting_id, value in accepted.items()]
    return [(setting, value) for setting, value in pairs if value != setting.value]


def _new_value(setting: ApplicationSetting, value: str | None, *, anyway: bool = False) -> NewValue:
    return NewValue(setting.key, setting.category, setting.data_type, value, anyway)


def _put(
    session: DbSession,
    found: SettingRules,
    changed: Sequence[NewSettingValue],
    reason: str,
    actor: Actor,
) -> list[AuditEvent]:
    if not changed:
        return []
    settings = [setting for setting, _ in changed]
    needing = [one.key for one in settings if found.of(one.key, one.category).requires_reason]
    reason = checks.reason_for(reason, needing)
    outside.record_outside(session, settings)
    changes = []
    for setting, value in changed:
        change = Change("setting:changed", {"value": setting.value}, {"value": value})
        changes.append((Target.of_setting(setting), change))
        setting.value = value
    session.flush()
    save = audit.record_save(session, changes, actor=actor, reason=reason)
    return audit.events_of(session, save)
