"""Reasons why a setting cannot be changed here, or not be without a value."""

from app.domain import not_null
from app.domain.errors import InvalidValue
from app.domain.settings import secrecy, secrets, values
from app.domain.settings.values import DataType
from app.models import ApplicationSetting, DbSession

ALWAYS_SET = "“Not set” is not possible here: the database column of values is NOT NULL."


def read_only_reason(setting: ApplicationSetting) -> str | None:
    """Return the reason why the setting cannot be changed here, or None if it can."""
    return why_read_only(
        setting.value,
        setting.data_type,
        is_mutable=setting.is_mutable,
        is_secret=secrets.is_secret_setting(setting),
        has_key=secrets.keys_for(setting).current is not None,
    )


def why_read_only(
    value: str | None, data_type: str, *, is_mutable: bool, is_secret: bool, has_key: bool
) -> str | None:
    """Return the reason for a setting that is given by its columns; see `read_only_reason`."""
    if not is_mutable:
        return "Marked read-only in the database."
    if DataType.of(data_type) is None:
        return f"Its data type, {data_type}, is not one that the console knows."
    if is_secret:
        return None if has_key else secrets.NO_KEY
    return secrecy.MASKED if secrecy.holds_password(value) else None


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
