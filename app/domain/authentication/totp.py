"""Codes by time (RFC 6238): their keys, encrypted where they are stored, and the picture to scan.

The libraries are imported when somebody has a second factor, or sets one up.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from app.domain.authentication import encryption

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
    """Return what is stored for a key; see `encryption.encrypted`."""
    return encryption.encrypted(key, secrets, _INFO)


def decrypted(stored: str, secrets: Sequence[str]) -> str | None:
    """Return a stored key; see `encryption.decrypted`."""
    return encryption.decrypted(stored, secrets, _INFO)


def is_current(stored: str, secrets: Sequence[str]) -> bool:
    """Tell whether a stored key is encrypted by the current secret key."""
    return decrypted(stored, secrets[:1]) is not None
