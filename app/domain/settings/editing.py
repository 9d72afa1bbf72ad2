"""Change the value of one setting."""

from dataclasses import dataclass

from sqlalchemy import bindparam, update

from app.domain import audit, etags, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, InvalidValue, RuleError
from app.domain.settings import outside, read_only, secrecy, secrets, values
from app.domain.settings.lookup import load_for_update
from app.domain.settings.value_rules import checks, rules
from app.domain.settings.value_rules.checks import NewValue
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.settings.values import DataType
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession

# Made once: SQLAlchemy works out once what it finds the compiled statement by.
_IS_IT = ApplicationSetting.id == bindparam("setting_id")
_PUT = update(ApplicationSetting).where(_IS_IT).values(value=bindparam("new_value"))


class SettingIsReadOnly(RuleError):
    """The setting is marked read-only, or cannot be changed here for another reason; says which."""


class SettingChangedMeanwhile(ChangedMeanwhile):
    """The setting has changed since it was shown.

    Attributes:
        setting: What it is now.
    """

    def __init__(self, setting: ApplicationSetting) -> None:
        super().__init__(f"{setting.key} was changed by somebody else while you were editing it.")
        self.setting = setting


@dataclass(frozen=True)
class SettingEdit:
    """A new value as typed.

    Attributes:
        text: The text; None for "not set".
        etag: The etag of the setting that it was typed against.
        reason: The actor's reason.
        anyway: Whether a value that a rule warns of is saved.
    """

    text: str | None
    etag: str
    reason: str = ""
    anyway: bool = False


def change(
    session: DbSession, setting_id: int, edit: SettingEdit, *, actor: Actor
) -> AuditEvent | None:
    """Give a setting a new value and record who did it.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting to change.
        edit: The text as typed, the etag it was typed against, the reason.
        actor: The person or command making the change.

    Returns:
        The event that records the change; None, with nothing recorded, if it already had the value.

    Raises:
        NotFound: The setting does not exist.
        SettingIsReadOnly: The setting is read-only, of an unknown data type, or a secret without a
            key to encrypt it.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The text is not valid for the setting's data type, breaks a rule, or there is
            no reason where one is needed, or it is too long.
    """
    setting, found = _locked(session, setting_id)
    return _change(session, setting, found, edit, actor)


def overwrite(
    session: DbSession,
    setting_id: int,
    text: str | None,
    reason: str,
    *,
    actor: Actor,
    anyway: bool = False,
) -> AuditEvent | None:
    """Give a setting a new value whatever it holds, as commands do, which have shown nobody what.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting to change.
        text: The value as typed; None for "not set".
        reason: Why, in the actor's words.
        actor: The command making the change.
        anyway: Whether a value that a rule warns of is saved.

    Returns:
        The event that records the change; None, with nothing recorded, if it already had the value.

    Raises:
        NotFound: The setting does not exist.
        SettingIsReadOnly: The setting is read-only, of an unknown data type, or a secret without a
            key to encrypt it.
        InvalidValue: The text is not valid for the setting's data type, breaks a rule, or there is
            no reason where one is needed, or it is too long.
    """
    setting, found = _locked(session, setting_id)
    edit = SettingEdit(text, etag_of(setting), reason, anyway)
    return _change(session, setting, found, edit, actor)


def accepted(session: DbSession, setting: ApplicationSetting, edit: SettingEdit) -> str | None:
    """Return what the setting would hold after the edit, the way it is stored.

    Raises:
        SettingIsReadOnly: The setting is read-only, of an unknown data type, or a secret without a
            key to encrypt it.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The text is not valid for the setting's data type, or the database keeps no
            setting without a value.
    """
    reason = read_only.read_only_reason(setting)
    if reason is not None:
        sentence = f"{setting.key} cannot be changed here. {reason}"
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    if edit.etag != etag_of(setting):
        raise SettingChangedMeanwhile(setting)
    if edit.text is None:
        read_only.refuse_not_set(session)
        return None
    data_type = DataType(setting.data_type)
    if secrets.is_next_encrypted(setting):
        return secrets.canonical(edit.text, data_type, secrets.keys_of(session))
    return values.canonical(edit.text, data_type)


def hold_to_rules(
    session: DbSession,
    found: SettingRules,
    setting: ApplicationSetting,
    value: str | None,
    *,
    anyway: bool = False,
) -> None:
    """Refuse a value that breaks a rule; see `checks.refuse`."""
    new = NewValue(setting.key, setting.category, setting.data_type, value, anyway)
    checks.refuse(session, found, new)


def etag_of(setting: ApplicationSetting) -> str:
    """Return the digest of what an editor of the setting sees."""
    is_secret = secrets.is_secret_setting(setting)
    keys = secrets.keys_for(setting)
    seen = secrets.seen_in_etag(setting.value, secrets.shown_value(setting), keys)
    return digest(
        setting.key, seen, setting.data_type, is_mutable=setting.is_mutable, is_secret=is_secret
    )


def digest(key: str, seen: str | None, data_type: str, *, is_mutable: bool, is_secret: bool) -> str:
    """Return the etag of a setting by its columns, and by what `secrets.seen_in_etag` returns."""
    return etags.of_row(key, seen, data_type, is_mutable, is_secret)


def _locked(session: DbSession, setting_id: int) -> tuple[ApplicationSetting, SettingRules]:
    """Lock a setting, and return it with its rules."""
    rules.take_turns(session)
    setting = load_for_update(session, setting_id)
    return setting, rules.rules_of(session, [setting])


def _change(
    session: DbSession,
    setting: ApplicationSetting,
    found: SettingRules,
    edit: SettingEdit,
    actor: Actor,
) -> AuditEvent | None:
    passed = validation.all_of(
        value=lambda: _ruled(session, found, setting, edit),
        reason=lambda: _reason(found, setting, edit),
    )
    return _put(session, setting, passed["value"], passed["reason"], actor)


def _ruled(
    session: DbSession, found: SettingRules, setting: ApplicationSetting, edit: SettingEdit
) -> str | None:
    value = accepted(session, setting, edit)
    # Rules are told in sentences with the value, so secrets have none.
    if value != setting.value and not secrets.is_next_encrypted(setting):
        hold_to_rules(session, found, setting, value, anyway=edit.anyway)
    return value


def _reason(found: SettingRules, setting: ApplicationSetting, edit: SettingEdit) -> str:
    is_needed = found.of(setting.key, setting.category).requires_reason
    is_asked = is_needed and _is_change(setting, edit.text)
    return checks.reason_for(edit.reason, [setting.key] if is_asked else [])


def _is_change(setting: ApplicationSetting, text: str | None) -> bool:
    """Tell whether a text as typed is another value; browsers send line ends as CRLF."""
    kind = DataType.of(setting.data_type)
    if text is None or kind is None:
        return text != setting.value
    try:
        return values.of_type(text, kind) != setting.value
    except InvalidValue:
        return True


def _put(
    session: DbSession, setting: ApplicationSetting, value: str | None, reason: str, actor: Actor
) -> AuditEvent | None:
    if value == setting.value:
        return None
    outside.record_outside(session, [setting], actor=actor)
    is_secret = secrets.is_next_encrypted(setting)
    session.connection().execute(_PUT, {"setting_id": setting.id, "new_value": value})
    event = audit.record(
        session,
        "setting:changed",
        Target.of_setting(setting),
        actor=actor,
        reason=reason,
        before=secrecy.recorded(setting.value, is_secret=secrets.is_secret_setting(setting)),
        after=secrecy.recorded(value, is_secret=is_secret),
    )
    session.expire(setting)
    return event
