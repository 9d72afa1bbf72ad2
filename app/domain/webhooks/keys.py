"""Keys of webhooks: made, encrypted where they are stored, and used to sign.

Standard Webhooks 1.0.0: the signature is the HMAC-SHA256 of ``id.timestamp.body``, a key is written
as ``whsec_`` and the base64 of its bytes.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence

from app.domain.authentication import encryption
from app.domain.errors import RuleError
from app.models import DbSession, Webhook
from app.models.base import utcnow

# The execution option of an engine by which its sessions find the secret keys of the console.
KEYS = "webhook_keys"
BEGINNING = "whsec_"
BYTES = 32
_PURPOSE = b"console-webhooks:v1"


class NoSecretKey(RuleError):
    """The process has no secret key, without which no key of a webhook is stored or read."""

    is_recorded = False


def new_key() -> str:
    """Return a key of 256 random bits."""
    return f"{BEGINNING}{base64.b64encode(secrets.token_bytes(BYTES)).decode()}"


def encrypted(session: DbSession, key: str) -> str:
    """Return what is stored for a key.

    Raises:
        NoSecretKey: The process has no secret key.
    """
    return encryption.encrypted(key, _secret_keys(session), _PURPOSE)


def keys_of(session: DbSession, webhook: Webhook) -> list[str]:
    """Return the keys that sign the messages of a webhook at this moment, the newest first.

    There are none where they were encrypted by another secret key.

    Raises:
        NoSecretKey: The process has no secret key.
    """
    stored = [webhook.secret]
    if webhook.former_secret and webhook.former_until and webhook.former_until > utcnow():
        stored.append(webhook.former_secret)
    found = [encryption.decrypted(text, _secret_keys(session), _PURPOSE) for text in stored]
    return [key for key in found if key]


def signature(keys: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header ``webhook-signature``: a signature by each key.

    Args:
        keys: The keys.
        message_id: The header ``webhook-id``.
        timestamp: The header ``webhook-timestamp``, in seconds since 1970.
        body: The body of the request.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(key, signed)}" for key in keys)


def _sign(key: str, signed: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(BEGINNING))
    return base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def _secret_keys(session: DbSession) -> Sequence[str]:
    keys: Sequence[str] = session.connection().get_execution_options().get(KEYS, ())
    if not keys:
        raise NoSecretKey(
            "SECRET_KEY is not set. Set it as for the pages: it encrypts the keys of webhooks."
        )
    return keys
