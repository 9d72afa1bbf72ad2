"""A new setting as it was typed, and the checks of its fields."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain import validation
from app.domain.errors import InvalidValue
from app.domain.settings import read_only, secrecy, secrets, values
from app.domain.settings.value_rules import checks
from app.domain.settings.value_rules.checks import NewValue
from app.domain.settings.value_rules.rules import SettingRules
from app.domain.settings.values import DataType
from app.domain.text import checked, checked_line
from app.models import ApplicationSetting, DbSession

KEY_CHARACTERS = 255
CATEGORY_CHARACTERS = 100
KEY = re.compile(r"[a-z][a-z0-9_.-]*")


@dataclass(frozen=True)
class NewSetting:
    """A new setting as typed.

    ``text`` is None for "not set"; with ``anyway``, a value that a rule warns of is saved.
    """

    key: str
    data_type: str
    text: str | None
    category: str = ""
    description: str = ""
    is_mutable: bool = True
    reason: str = ""
    anyway: bool = False


def checked_columns(session: DbSession, found: SettingRules, new: NewSetting) -> dict[str, Any]:
    """Return the columns of a new setting.

    Raises:
        InvalidValue: One or several of the things typed are not valid; see `lifecycle.create`.
    """
    columns = validation.all_of(
        key=lambda: _free_key(session, new.key),
        data_type=lambda: _checked_type(new.data_type),
        value=lambda: _checked_value(session, found, new),
        category=lambda: _checked_category(new.category),
        description=lambda: _checked_description(new.description),
    )
    return {**columns, "is_mutable": new.is_mutable}


def columns_of(new: NewSetting) -> dict[str, Any]:
    """Return the columns of a new setting that is no secret; its key may be taken, rules unheeded.

    Raises:
        InvalidValue: One or several of the things typed are not valid.
    """
    columns = validation.all_of(
        key=lambda: _checked_key(new.key),
        data_type=lambda: _checked_type(new.data_type),
        value=lambda: _canonical(new),
        category=lambda: _checked_category(new.category),
        description=lambda: _checked_description(new.description),
    )
    return {**columns, "is_mutable": new.is_mutable}


def _canonical(new: NewSetting) -> str | None:
    kind = DataType.of(new.data_type)
    return None if new.text is None or kind is None else values.canonical(new.text, kind)


def _free_key(session: DbSession, text: str) -> str:
    key = _checked_key(text)
    if is_taken(session, key):
        message = f"A setting named {key} already exists. Choose another key."
        raise InvalidValue(message, field="key")
    return key


def _checked_type(text: str) -> str:
    kind = DataType.of(text)
    if kind is None:
        raise InvalidValue("Choose one of the data types.", field="data_type")
    return kind.value


def _checked_category(text: str) -> str | None:
    limit = CATEGORY_CHARACTERS
    return checked_line(text, field="category", what="The category", limit=limit) or None


def _checked_description(text: str) -> str | None:
    return checked(text, field="description", what="The description").strip() or None


def _checked_key(text: str) -> str:
    key = checked_line(text, field="key", what="The key", limit=KEY_CHARACTERS)
    if not key:
        raise InvalidValue("The key is empty. Type one.", field="key")
    if not KEY.fullmatch(key):
        message = (
            "A key starts with a lowercase letter, followed only by lowercase letters, digits, "
            "“_”, “.” and “-”."
        )
        raise InvalidValue(message, field="key")
    return key


def _checked_value(session: DbSession, found: SettingRules, new: NewSetting) -> str | None:
    kind = DataType.of(new.data_type)
    if new.text is None:
        read_only.refuse_not_set(session)
    if new.text is None or kind is None:
        return None
    if secrecy.is_secret(new.key, mark=found.of(new.key, new.category).is_secret):
        return secrets.canonical(new.text, kind, secrets.keys_of(session), values.VALUE_FIELD)
    value = values.canonical(new.text, kind)
    held = NewValue(new.key, new.category, new.data_type, value, new.anyway)
    checks.refuse(session, found, held)
    return value


def is_taken(session: DbSession, key: str) -> bool:
    """Tell whether a setting named ``key`` exists."""
    keys = session.scalars(select(ApplicationSetting.key).where(ApplicationSetting.key == key))
    # To MySQL a key with spaces after it is the same key, and could not be added beside it.
    return keys.first() is not None
