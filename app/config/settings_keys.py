"""The keys of secret settings, in the variables of the backend."""

import base64
import binascii
from dataclasses import dataclass, field

from app.config.environment import ConfigurationError, Variables

# The backend looks for them in this order.
OWN = ("MASTER_ENCRYPTION_KEY", "SETTINGS_ENCRYPTION_KEY")
FALLBACKS = "SETTINGS_ENCRYPTION_KEY_FALLBACKS"
LEAST_BYTES = 16


@dataclass(frozen=True)
class SettingsKeys:
    """The key that the backend encrypts secrets with, and former ones.

    Attributes:
        current: The key, decoded; None if no variable has one.
        former: The keys that secrets may still be encrypted with, decoded.
    """

    current: bytes | None = field(repr=False)
    former: tuple[bytes, ...] = field(repr=False)


def settings_keys(variables: Variables) -> SettingsKeys:
    """Return the keys of secret settings.

    Raises:
        ConfigurationError: A key is not base64url, or too short.
    """
    own = [_decoded(name, text) for name in OWN if (text := _text(variables, name))]
    former = [_decoded(FALLBACKS, text) for text in _text(variables, FALLBACKS).split(",") if text]
    return SettingsKeys(next(iter(own), None), (*own[1:], *former))


def _text(variables: Variables, name: str) -> str:
    return (variables.secret(name) or "").strip()


def _decoded(name: str, text: str) -> bytes:
    # As the backend reads it, but for what is no base64 at all, which Python would skip.
    standard = text.strip().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(
            f"{name} is not base64url: use the value of the backend, or generate one with"
            " openssl rand -base64 32."
        ) from None
    if len(key) < LEAST_BYTES:
        raise ConfigurationError(f"{name} must hold at least {LEAST_BYTES} bytes.")
    return key
