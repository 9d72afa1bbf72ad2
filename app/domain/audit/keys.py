"""The keys of the chain of events, which are never stored in the database.

A key is derived from the text that the operator sets, AUDIT_KEY or else SECRET_KEY, by HKDF (RFC
5869). Both are derived alike, so that a SECRET_KEY is a fallback once there is an AUDIT_KEY.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

# The execution option of an engine by which its sessions find the keys of their application.
KEYS = "audit_keys"
ID_CHARACTERS = 12
_INFO = b"console-audit:v1"
_NO_SALT = bytes(hashlib.sha256().digest_size)


class AuditKey(NamedTuple):
    """A key and the name by which the chain refers to it; both are empty where there is none."""

    id: str
    secret: bytes

    def sign(self, message: bytes) -> str:
        """Return the HMAC-SHA256 of a message; its SHA-256 where there is no key."""
        if not self.secret:
            return hashlib.sha256(message).hexdigest()
        return hmac.digest(self.secret, message, "sha256").hex()


class AuditKeys(NamedTuple):
    """The key that new events are signed with, and all keys by their ids."""

    current: AuditKey
    by_id: dict[str, AuditKey]


NO_KEY = AuditKey("", b"")
NO_KEYS = AuditKeys(NO_KEY, {NO_KEY.id: NO_KEY})


def audit_keys(texts: Iterable[str]) -> AuditKeys:
    """Return the keys that are made of texts, the current one first."""
    keys = [_derived(text) for text in texts]
    by_id = {key.id: key for key in (NO_KEY, *keys)}
    return AuditKeys(keys[0] if keys else NO_KEY, by_id)


def keys_of(connection: Connection) -> AuditKeys:
    """Return the keys of the application that opened the connection."""
    keys: AuditKeys = connection.get_execution_options().get(KEYS, NO_KEYS)
    return keys


def _derived(text: str) -> AuditKey:
    extracted = hmac.digest(_NO_SALT, text.encode(), "sha256")
    secret = hmac.digest(extracted, _INFO + b"\x01", "sha256")
    return AuditKey(hmac.digest(secret, b"id", "sha256").hex()[:ID_CHARACTERS], secret)
