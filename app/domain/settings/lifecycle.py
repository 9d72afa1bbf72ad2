"""Create, delete and restore settings."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain import audit, confirmation, validation
from app.domain.actor import Actor
from app.domain.confirmation import Deletion
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound
from app.domain.settings import editing, secrecy, values
from app.domain.settings.editing import SettingChangedMeanwhile, SettingIsReadOnly
from app.domain.settings.values import DataType
from app.domain.target import Target
from app.domain.text import checked, checked_line, checked_reason
from app.models import ApplicationSetting, AuditEvent, DbSession

KEY_CHARACTERS = 255
CATEGORY_CHARACTERS = 100
KEY = re.compile(r"[a-z][a-z0-9_.-]*")
NEEDED = frozenset({"key", "value", "data_type", "category"})
KEPT = ("key", "value", "data_type", "description", "category", "is_mutable")


class SettingExists(ChangedMeanwhile):
    """A setting with the key already exists."""


@dataclass(frozen=True)
class NewSetting:
    """A new setting as typed; ``text`` is None for "not set"."""

    key: str
    data_type: str
    text: str | None
    category: str = ""
    description: str = ""
    is_mutable: bool = True
    reason: str = ""


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
            is not a value of the data type, a secret would be written in clear, or the database
            keeps no setting without a value.
    """
    passed = validation.all_of(
        columns=lambda: _columns(session, new), reason=lambda: checked_reason(new.reason)
    )
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
        SettingIsReadOnly: The setting is read-only, or a secret.
        SettingChangedMeanwhile: The setting has changed since it was shown.
        InvalidValue: The key that was typed is another one, or the reason is too long.
    """
    setting = editing.load_for_update(session, setting_id)
    refusal = deletion_refusal(setting)
    if refusal is not None:
        sentence = f"{setting.key} cannot be deleted here. {refusal}"
        raise SettingIsReadOnly(sentence, target=Target.of_setting(setting))
    if typed.etag != editing.etag_of(setting):
        raise SettingChangedMeanwhile(setting)
    reason = confirmation.confirmed(
        typed.name, setting.key, typed.reason, what="the key", field="key"
    )
    target, before = Target.of_setting(setting), _kept(setting)
    event = audit.record(
        session, "setting:deleted", target, actor=actor, reason=reason, before=before
    )
    session.delete(setting)
    session.flush()
    return event


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
        The setting, with its old id unless another setting has that by now.

    Raises:
        NotFound: The event does not exist.
        SettingExists: A setting with the key exists again.
        InvalidValue: The reason is too long, or the setting had no value and the database keeps
            none of these.
    """
    event = deletion_event(session, event_id)
    reason = checked_reason(reason)
    kept = audit.fields_of(event.before)
    if is_taken(session, kept["key"]):
        raise SettingExists(
            f"A setting named {kept['key']} exists again, so this one was not restored."
        )
    if kept["value"] is None:
        editing.refuse_not_set(session)
    is_free = session.get(ApplicationSetting, event.target_id) is None
    setting = ApplicationSetting(**kept, id=event.target_id if is_free else None)
    _add(session, setting, "setting:restored", reason, actor)
    return setting


def deletion_event(session: DbSession, event_id: int) -> AuditEvent:
    """Return the event that records the deletion of a setting.

    Raises:
        NotFound: The event does not exist, or does not hold the setting.
    """
    event = audit.get(session, event_id)
    if event is None or event.action != "setting:deleted" or not _is_told(event):
        raise NotFound("This deletion of a setting does not exist.")
    return event


def _is_told(event: AuditEvent) -> bool:
    """Tell whether the event of a deletion holds the setting."""
    return NEEDED <= audit.fields_of(event.before).keys() <= {*KEPT}


def is_taken(session: DbSession, key: str) -> bool:
    """Tell whether a setting named ``key`` exists."""
    keys = session.scalars(select(ApplicationSetting.key).where(ApplicationSetting.key == key))
    # To MySQL a key with spaces after it is the same key, and could not be added beside it.
    return keys.first() is not None


def deletion_refusal(setting: ApplicationSetting) -> str | None:
    """Return the reason why the setting cannot be deleted here, or None if it can."""
    if not setting.is_mutable:
        return "Marked read-only in the database."
    if secrecy.is_secret(setting.key):
        return "Secret: the console cannot read it, so it could not restore it."
    if secrecy.holds_password(setting.value):
        return "Its value holds a password, which the history must not keep."
    return None


def _columns(session: DbSession, new: NewSetting) -> dict[str, Any]:
    columns = validation.all_of(
        key=lambda: _free_key(session, new.key),
        data_type=lambda: _checked_type(new.data_type),
        value=lambda: _checked_value(session, new),
        category=lambda: _checked_category(new.category),
        description=lambda: _checked_description(new.description),
    )
    return {**columns, "is_mutable": new.is_mutable}


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


def _checked_value(session: DbSession, new: NewSetting) -> str | None:
    kind = DataType.of(new.data_type)
    if new.text is None:
        editing.refuse_not_set(session)
    if new.text is None or kind is None:
        return None
    if secrecy.is_secret(new.key):
        message = "Keys that hold secrets can only be created without a value: "
        message += "the console cannot store secrets. "
        message += editing.always_set(session) or "Select “Not set”."
        raise InvalidValue(message, field=values.VALUE_FIELD)
    return values.canonical(new.text, kind)


def _kept(setting: ApplicationSetting) -> dict[str, Any]:
    return {name: getattr(setting, name) for name in KEPT}


def _add(
    session: DbSession, setting: ApplicationSetting, action: str, reason: str, actor: Actor
) -> None:
    session.add(setting)
    session.flush()
    target, after = Target.of_setting(setting), _kept(setting)
    audit.record(session, action, target, actor=actor, reason=reason, after=after)
    session.flush()
