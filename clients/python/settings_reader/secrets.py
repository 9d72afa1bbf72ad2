"""Values of secrets: ``v1:`` and a Fernet token, whose key is derived by HKDF-SHA256 (RFC 5869).

The library is imported with the first value that needs it.
"""

import base64
import binascii
import os
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

PREFIX = "v1:"
# A Fernet token begins with its version and the first bytes of a time, which stay zero until 2106.
TOKEN = f"{PREFIX}gAAAAA"
# The backend looks for its key in this order; the last may name several.
VARIABLES = (
    "MASTER_ENCRYPTION_KEY",
    "SETTINGS_ENCRYPTION_KEY",
    "SETTINGS_ENCRYPTION_KEY_FALLBACKS",
)
_INFO = b"settings:v1"
_KEY_BYTES = 32


def keys_of_environment() -> tuple[str, ...]:
    """Return the keys that the environment names, in base64url."""
    return tuple(key for name in VARIABLES for key in os.environ.get(name, "").split(","))


def decoded(keys: Iterable[str]) -> tuple[bytes, ...]:
    """Return keys as bytes, without empty ones.

    Raises:
        ValueError: A key is not base64url; says nothing of it.
    """
    texts = (key.strip().replace("-", "+").replace("_", "/") for key in keys)
    try:
        return tuple(base64.b64decode(text, validate=True) for text in texts if text)
    except (binascii.Error, ValueError):
        raise ValueError("An encryption key is not base64url.") from None


def is_encrypted(text: str) -> bool:
    """Tell whether a stored text is encrypted."""
    return text.startswith(TOKEN)


def decrypted(text: str, keys: Iterable[bytes]) -> str:
    """Return the secret that a stored text holds.

    Raises:
        ValueError: No key decrypts it.
    """
    for key in keys:
        invalid = import_module("cryptography.fernet").InvalidToken
        try:
            secret: bytes = _fernet(key).decrypt(text.removeprefix(PREFIX).encode())
            return secret.decode()
        except (invalid, UnicodeError):
            continue
    raise ValueError("encrypted, and no key of this program decrypts it")


@lru_cache(maxsize=8)
def _fernet(key: bytes) -> Any:
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf").HKDF
    derived = hkdf(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=_INFO).derive(key)
    return import_module("cryptography.fernet").Fernet(base64.urlsafe_b64encode(derived))
