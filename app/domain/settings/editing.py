"""Find settings, and change the value of one."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from app.domain import audit, etags, not_null, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound, RuleError
from app.domain.settings import outside, secrecy, values
from app.domain.settings.values import DataType
from app.domain.target import Target
from app.domain.text import checked_reason, is_name
from app.models import ApplicationSetting, AuditEvent, DbSession

ALWAYS_SET = "“Not set” is not possible here: the database column of values is NOT NULL."

# Made once: SQLAlchemy works out once what it finds the compiled statement by.
_IS_IT = ApplicationSetting.id == bindparam("setting_id")
_LOCK = update(ApplicationSetting).where(_IS_IT).values(updated_at=ApplicationSetting.updated_at)
_READ_AGAIN = select(ApplicationSetting).where(_IS_IT).execution_options(populate_existing=True)
_PUT = update(ApplicationSetting).where(_IS_IT).values(value=bindparam("new_value"))


class SettingIsReadOnly(RuleError):
    """The setting is marked read-only, is a secret, or has an unknown data type; says which."""


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
    """A new value as typed (None for "not set"), the etag it was typed against, the reason."""

    text: str | None
    etag: str
    reason: str = ""


def get(session: DbSession, setting_id: int) -> ApplicationSetting:
    """Return the setting.

    Raises:
        NotFound: The setting does not exist.
    """
    setting = session.get(ApplicationSetting, setting_id)
    if setting is None:
        raise NotFound("This setting does not exist.")
    return setting


def by_key(session: DbSession, key: str) -> ApplicationSetting:
    """Return the setting named ``key``.

    Raises:
        NotFound: The setting does not exist.
    """
    query = select(ApplicationSetting).where(ApplicationSetting.key == key)
    setting = session.scalars(query).first() if is_name(key) else None
    # To MySQL a key with spaces after it is the same key.
    if setting is None or setting.key != key:
        raise NotFound(f"No setting is named {key}.")
    return setting


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
        SettingIsReadOnly: The setting is read-only, a secret, or of an unknown data type.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The text is not valid for the setting's data type, or the reason too long.
    """
    setting = load_for_update(session, setting_id)
    passed = validation.all_of(
        value=lambda: accepted(session, setting, edit), reason=lambda: checked_reason(edit.reason)
    )
    return _put(session, setting, passed["value"], passed["reason"], actor)


def overwrite(
    session: DbSession, setting_id: int, text: str | None, reason: str, *, actor: Actor
) -> AuditEvent | None:
    """Give a setting a new value whatever it holds, as commands do, which have shown nobody what.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting to change.
        text: The value as typed; None for "not set".
        reason: Why, in the actor's words.
        actor: The command making the change.

    Returns:
        The event that records the change; None, with nothing recorded, if it already had the value.

    Raises:
        NotFound: The setting does not exist.
        SettingIsReadOnly: The setting is read-only, a secret, or of an unknown data type.
        InvalidValue: The text is not valid for the setting's data type, or the reason too long.
    """
    setting = load_for_update(session, setting_id)
    edit = SettingEdit(text, etag_of(setting))
    return _put(session, setting, accepted(session, setting, edit), checked_reason(reason), actor)


def accepted(session: DbSession, setting: ApplicationSetting, edit: SettingEdit) -> str | None:
    """Return what the setting would hold after the edit, the way it is stored.

    Raises:
        SettingIsReadOnly: The setting is read-only, a secret, or of an unknown data type.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The text is not valid for the setting's data type, or the database keeps no
            setting without a value.
    """
    why_read_only = read_only_reason(setting)
    if why_read_only is not None:
        sentence = f"{setting.key} cannot be changed here. {why_read_only}"
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    if edit.etag != etag_of(setting):
        raise SettingChangedMeanwhile(setting)
    if edit.text is not None:
        return values.canonical(edit.text, DataType(setting.data_type))
    refuse_not_set(session)
    return None


def always_set(session: DbSession) -> str:
    """Return why the database keeps no setting without a value, or "": one made by hand may not."""
    table = ApplicationSetting.__tablename__
    can_be_unset = not_null.takes_null(session.connection(), table, not_null.VALUE)
    return "" if can_be_unset else ALWAYS_SET


def refuse_not_set(session: DbSession) -> None:
    """Refuse a setting without a value where the database keeps none.

    Raises:
        InvalidValue: It keeps none.
    """
    if reason := always_set(session):
        message = f"{reason} Enter a value; a string may be empty."
        raise InvalidValue(message, field=values.VALUE_FIELD)


def load_for_update(session: DbSession, setting_id: int) -> ApplicationSetting:
    """Return the setting, with its row locked until the transaction ends.

    Raises:
        NotFound: The setting does not exist.
    """
    # An UPDATE that changes nothing takes the row's lock on every database, and before MySQL's
    # snapshot is taken; SQLite ignores SELECT ... FOR UPDATE.
    session.connection().execute(_LOCK, {"setting_id": setting_id})
    setting = session.scalars(_READ_AGAIN, {"setting_id": setting_id}).one_or_none()
    if setting is None:
        raise NotFound("This setting does not exist.")
    return setting


def etag_of(setting: ApplicationSetting) -> str:
    """Return the digest of what an editor of the setting sees."""
    return digest(setting.key, setting.value, setting.data_type, is_mutable=setting.is_mutable)


def digest(key: str, value: str | None, data_type: str, *, is_mutable: bool) -> str:
    """Return the etag of a setting that is given by its columns; see `etag_of`."""
    return etags.of([key, value, data_type, is_mutable])


def read_only_reason(setting: ApplicationSetting) -> str | None:
    """Return the reason why the setting cannot be changed here, or None if it can."""
    return why_read_only(
        setting.key, setting.value, setting.data_type, is_mutable=setting.is_mutable
    )


def why_read_only(key: str, value: str | None, data_type: str, *, is_mutable: bool) -> str | None:
    """Return the reason for a setting that is given by its columns; see `read_only_reason`."""
    if not is_mutable:
        return "Marked read-only in the database."
    if secrecy.is_secret(key):
        return "Secret: the console never shows it and cannot change it."
    if secrecy.holds_password(value):
        return secrecy.MASKED
    if DataType.of(data_type) is None:
        return f"Its data type, {data_type}, is not one that the console knows."
    return None


def _put(
    session: DbSession, setting: ApplicationSetting, value: str | None, reason: str, actor: Actor
) -> AuditEvent | None:
    if value == setting.value:
        return None
    outside.record_outside(session, [setting])
    session.connection().execute(_PUT, {"setting_id": setting.id, "new_value": value})
    event = audit.record(
        session,
        "setting:changed",
        Target.of_setting(setting),
        actor=actor,
        reason=reason,
        before={"value": setting.value},
        after={"value": value},
    )
    session.expire(setting)
    return event
