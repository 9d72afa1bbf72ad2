"""Values of secrets, in the backend's own format: ``v1:`` and a Fernet token.

The key of the token is derived from that of the environment by HKDF-SHA256 (RFC 5869). The empty
string is stored as it is. The library is imported with the first value that needs it.
"""

import base64
import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any

from sqlalchemy.orm import object_session

from app.domain.errors import InvalidValue
from app.domain.settings import secrecy, values
from app.domain.settings.values import DataType
from app.domain.text import TEXT_BYTES, checked
from app.models import ApplicationSetting, DbSession

# The execution option of an engine by which its sessions find the keys of their application.
KEYS = "settings_keys"
FIELD = "secret"
PREFIX = "v1:"
# A Fernet token begins with its version and the first bytes of a time, which stay zero until 2106.
TOKEN = f"{PREFIX}gAAAAA"
NOT_REPEATED = "The value is not repeated here: enter it again."
NO_KEY = "Secret: the console cannot change it without MASTER_ENCRYPTION_KEY."
_INFO = b"settings:v1"
_KEY_BYTES = 32


class SecretState(StrEnum):
    """The way in which the value of a secret is stored.

    ``UNCHECKED`` is encrypted, and the console has no key to try.
    """

    NOT_SET = "not set"
    ENCRYPTED = "encrypted"
    IN_CLEAR = "in clear"
    FORMER_KEY = "encrypted with a former key"
    UNREADABLE = "cannot be decrypted"
    UNCHECKED = "not checked"


class TooLongToEncrypt(InvalidValue):
    """The database cannot hold the value once it is encrypted."""


@dataclass(frozen=True)
class SecretKeys:
    """The key of new values, and former ones that values may still be encrypted with."""

    current: bytes | None = field(default=None, repr=False)
    former: tuple[bytes, ...] = field(default=(), repr=False)

    def encrypted(self, text: str) -> str:
        """Return a text the way the backend stores it.

        Raises:
            InvalidValue: There is no key.
        """
        if not text:
            return text
        if self.current is None:
            raise InvalidValue(NO_KEY)
        token: bytes = _fernet(self.current).encrypt(text.encode())
        return PREFIX + token.decode()

    def decrypted(self, value: str) -> str | None:
        """Return the text of a stored value by whichever key fits; None if none does."""
        keys = (self.current, *self.former)
        texts = (_decrypted(key, value) for key in keys if key is not None)
        return next((text for text in texts if text is not None), None)

    def state_of(self, value: str | None) -> SecretState:
        """Return how a value is stored."""
        if value is None:
            return SecretState.NOT_SET
        if value and not value.startswith(PREFIX):
            return SecretState.IN_CLEAR
        if not value:
            return SecretState.ENCRYPTED
        if self.current is None:
            return SecretState.UNCHECKED
        if _decrypted(self.current, value) is not None:
            return SecretState.ENCRYPTED
        is_former = self.decrypted(value) is not None
        return SecretState.FORMER_KEY if is_former else SecretState.UNREADABLE

    def fingerprint(self, value: str | None) -> str | None:
        """Return what stands for a value in an etag; nobody without the key can guess from it."""
        if value is None or self.current is None:
            return None if value is None else ""
        return hmac.digest(self.current, b"etag:" + value.encode(), "sha256").hex()


def canonical(text: str, data_type: DataType, keys: SecretKeys, field_name: str = FIELD) -> str:
    """Return a typed secret the way it is stored: encrypted.

    Args:
        text: The secret as typed.
        data_type: The data type of its setting.
        keys: The keys of the application.
        field_name: The form field.

    Raises:
        InvalidValue: Nothing was typed, the text is encrypted already or no value of the data type,
            there is no key, or the database cannot hold it. The sentence repeats nothing of it.
    """
    if not text:
        raise InvalidValue("Nothing was entered. Enter the new value.", field=field_name)
    if is_encrypted(text.strip()):
        message = "This value is encrypted already. Enter the secret itself."
        raise InvalidValue(message, field=field_name)
    return encrypted(_of_type(text, data_type, field_name), keys, field_name)


def _of_type(text: str, data_type: DataType, field_name: str) -> str:
    """Return a typed secret as a value of its data type; refusals repeat nothing of it."""
    try:
        cleaned = checked(text, field=field_name, what="The value")
    except InvalidValue as mistake:
        # It tells the size, or the place of a character that no text may have.
        raise InvalidValue(f"{mistake} {NOT_REPEATED}", field=field_name) from None
    try:
        return values.of_type(cleaned, data_type)
    except InvalidValue:
        message = f"This is not a valid {data_type}. {NOT_REPEATED}"
        raise InvalidValue(message, field=field_name) from None


def encrypted(text: str, keys: SecretKeys, field_name: str = FIELD) -> str:
    """Return a text the way it is stored, once it is sure that it can be read back.

    Raises:
        TooLongToEncrypt: The database cannot hold the result.
        InvalidValue: There is no key.
    """
    value = keys.encrypted(text)
    if len(value) > TEXT_BYTES:
        message = "The value is too long to be encrypted. Shorten it."
        raise TooLongToEncrypt(message, field=field_name)
    if text and keys.decrypted(value) != text:
        raise InvalidValue("The value could not be decrypted again.", field=field_name)
    return value


def is_encrypted(value: str | None) -> bool:
    """Tell whether a value is encrypted, whatever its setting is called."""
    return value is not None and value.startswith(TOKEN)


def is_secret_setting(setting: ApplicationSetting) -> bool:
    """Tell whether a setting's value is hidden: by its mark or key, or because it is encrypted."""
    is_secret = secrecy.is_secret(setting.key, mark=setting.secret_mark)
    return is_secret or is_encrypted(setting.value)


def is_next_encrypted(setting: ApplicationSetting) -> bool:
    """Tell whether a new value of a setting is encrypted.

    That of a secret is, and one that replaces an encrypted value, unless a mark says that the
    setting is none: the program that encrypted it decrypts it too.
    """
    mark = setting.secret_mark
    is_replaced = mark is None and is_encrypted(setting.value)
    return is_replaced or secrecy.is_secret(setting.key, mark=mark)


def shown_value(setting: ApplicationSetting) -> str | None:
    """Return what may be shown of a setting's value; None for nothing."""
    if setting.value is None or is_secret_setting(setting):
        return None
    return secrecy.masked(setting.value)


def seen_in_etag(value: str | None, shown: str | None, keys: SecretKeys) -> str | None:
    """Return what stands for a value in an etag; nobody can guess from it what is hidden.

    Without a key, what is hidden of a value does not count.

    Args:
        value: The value.
        shown: What may be shown of it; None for nothing.
        keys: The keys of the application.
    """
    return value if shown == value else keys.fingerprint(value) or shown or ""


def secret_state(setting: ApplicationSetting) -> SecretState | None:
    """Return how the value of a secret is stored; None for other settings."""
    if not is_secret_setting(setting):
        return None
    return keys_for(setting).state_of(setting.value)


def keys_of(session: DbSession) -> SecretKeys:
    """Return the keys of the application that the session belongs to."""
    keys: SecretKeys = session.get_bind().get_execution_options().get(KEYS, SecretKeys())
    return keys


def keys_for(setting: ApplicationSetting) -> SecretKeys:
    """Return the keys of the application that has loaded the setting."""
    session = object_session(setting)
    return keys_of(session) if session else SecretKeys()


def _decrypted(key: bytes, value: str) -> str | None:
    if not value.startswith(PREFIX):
        return None
    invalid = import_module("cryptography.fernet").InvalidToken
    try:
        text: bytes = _fernet(key).decrypt(value.removeprefix(PREFIX).encode())
        return text.decode()
    except (invalid, UnicodeError):
        return None


@lru_cache(maxsize=8)
def _fernet(key: bytes) -> Any:
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf").HKDF
    derived = hkdf(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=_INFO).derive(key)
    return import_module("cryptography.fernet").Fernet(base64.urlsafe_b64encode(derived))
