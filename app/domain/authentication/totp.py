"""Codes by time (RFC 6238): their keys, encrypted where they are stored, and the picture to scan.

The libraries are imported when somebody has a second factor, or sets one up.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

STEP_SECONDS = 30
# Clocks may differ by this number of steps.
TOLERANCE = 1
ISSUER = "RAG Fortress console"
DIGITS = 6
_INFO = b"console-second-factor:v1"
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


def new_key() -> str:
    """Return a key of 160 random bits, in base32."""
    return str(import_module("pyotp").random_base32())


def matching_step(key: str, code: str, after: int, now: datetime) -> int | None:
    """Return the time step that a code is of, if it is one about now and later than ``after``.

    Args:
        key: The key.
        code: The code, as digits.
        after: The step of the last code that was accepted.
        now: The time.
    """
    if not _CODE.fullmatch(code):
        return None
    codes = import_module("pyotp").TOTP(key, digits=DIGITS, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        is_right = hmac.compare_digest(codes.at(step * STEP_SECONDS), code)
        if is_right and step > after:
            return step
    return None


def address(key: str, username: str) -> str:
    """Return the key as the URI that authenticator apps read."""
    codes = import_module("pyotp").TOTP(key, digits=DIGITS, interval=STEP_SECONDS)
    return str(codes.provisioning_uri(name=username, issuer_name=ISSUER))


def picture(uri: str) -> str:
    """Return a QR code of a URI as an SVG in a ``data:`` URL: dark on light in every theme."""
    code = import_module("segno").make(uri, micro=False)
    return str(code.svg_data_uri(scale=4, light="#fff", dark="#000", omitsize=True))


def encrypted(key: str, secrets: Sequence[str]) -> str:
    """Return what is stored for a key.

    Args:
        key: The key.
        secrets: The secret keys of the console, the current one first.
    """
    token: bytes = _fernet(secrets[0]).encrypt(key.encode())
    return token.decode()


def decrypted(stored: str, secrets: Sequence[str]) -> str | None:
    """Return a stored key; None if none of the secret keys has encrypted it."""
    fernet = import_module("cryptography.fernet")
    try:
        text: bytes = fernet.MultiFernet(list(map(_fernet, secrets))).decrypt(stored.encode())
    except fernet.InvalidToken:
        return None
    return text.decode()


def is_current(stored: str, secrets: Sequence[str]) -> bool:
    """Tell whether a stored key is encrypted by the current secret key."""
    return decrypted(stored, secrets[:1]) is not None


def _fernet(secret: str) -> Any:
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf")
    derived = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO)
    key = base64.urlsafe_b64encode(derived.derive(secret.encode()))
    return import_module("cryptography.fernet").Fernet(key)
