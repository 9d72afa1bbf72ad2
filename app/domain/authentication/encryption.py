"""Texts that are stored encrypted under the secret key of the console: Fernet, keys by HKDF.

The library is imported when something is encrypted or read.
"""

import base64
from collections.abc import Sequence
from importlib import import_module
from typing import Any


def encrypted(text: str, secrets: Sequence[str], purpose: bytes) -> str:
    """Return what is stored for a text.

    Args:
        text: The text.
        secrets: The secret keys of the console, the current one first.
        purpose: The purpose: what one purpose has encrypted, no other reads.
    """
    token: bytes = _fernet(secrets[0], purpose).encrypt(text.encode())
    return token.decode()


def decrypted(stored: str, secrets: Sequence[str], purpose: bytes) -> str | None:
    """Return a stored text; None if none of the secret keys has encrypted it.

    Args:
        stored: What `encrypted` returned.
        secrets: The secret keys of the console.
        purpose: The purpose it was encrypted for.
    """
    fernet = import_module("cryptography.fernet")
    keys = [_fernet(secret, purpose) for secret in secrets]
    try:
        text: bytes = fernet.MultiFernet(keys).decrypt(stored.encode()) if keys else b""
    except fernet.InvalidToken:
        return None
    return text.decode() if keys else None


def _fernet(secret: str, purpose: bytes) -> Any:
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf")
    derived = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    key = base64.urlsafe_b64encode(derived.derive(secret.encode()))
    return import_module("cryptography.fernet").Fernet(key)
