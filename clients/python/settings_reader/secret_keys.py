"""Keys of settings that name a secret, known by their words."""

import re
from functools import lru_cache

_NAMED = re.compile("api_key|api_token|password|secret|private_key|auth_token|access_token")
_NOT_SECRET = frozenset(
    {"password_min_length", "password_reset_url", "password_reset_token_expire_minutes"}
)
_BORDER = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Secret wherever they stand, unless the last word says that something about them is meant.
_ANYWHERE = frozenset(
    [
        "passwd",
        "passphrase",
        "passphrases",
        "passcode",
        "pwd",
        "credential",
        "credentials",
        "creds",
    ]
)
# The same where two words are written as one.
_TOGETHER = re.compile(
    r"(?:db|user|smtp|ftp|imap|mail|admin|root|ldap|bind|redis|mysql|pg|postgres|sudo)"
    r"(?:pass|passwd|pw|pwd)|(?:access|auth|refresh|sas|bearer|api|id|bot|session)tokens?"
    r"|(?:x?api|access|private|signing|encryption|master|ssh|licen[cs]e|auth|app|account|storage)"
    r"keys?"
)
# Secret as the last word.
_LAST = frozenset(
    [
        *("pass", "pw", "token", "key", "signing", "signature", "bearer", "hmac", "salt", "pepper"),
        *("pem", "psk", "pat", "passkey", "mnemonic", "authorization"),
    ]
)
_MANY = frozenset({"keys", "tokens"})
_OF_SECRETS = frozenset(
    ["api", "access", "auth", "refresh", "bearer", "private", "signing", "encryption"]
)
_ABOUT = frozenset(
    [
        "algorithm",
        "count",
        "days",
        "enabled",
        "expire",
        "expires",
        "expiry",
        "file",
        "header",
        "hours",
        "length",
        "lifetime",
        "limit",
        "max",
        "min",
        "minutes",
        "name",
        "path",
        "policy",
        "required",
        "rotation",
        "seconds",
        "size",
        "ttl",
        "type",
        "url",
    ]
)
_HARMLESS_BEFORE = frozenset(
    [
        "begin",
        "bos",
        "cache",
        "eos",
        "first",
        "foreign",
        "group",
        "index",
        "mask",
        "max",
        "min",
        "multi",
        "one",
        "pad",
        "partition",
        "primary",
        "public",
        "second",
        "separator",
        "single",
        "sort",
        "start",
        "stop",
        "two",
        "unknown",
    ]
)


def is_secret(key: str, *, mark: bool | None = None) -> bool:
    """Tell whether the setting's value is write-only: by its mark, else by the words of its key."""
    return _names_secret(key) if mark is None else mark


@lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    words = [word.lower() for word in _BORDER.split(key) if word]
    joined = "_".join(words)
    if joined in _NOT_SECRET:
        return False
    plain = [word.rstrip("0123456789") for word in words]
    return _NAMED.search(joined) is not None or _says_secret([word for word in plain if word])


def _says_secret(words: list[str]) -> bool:
    if not words or words[-1] in _ABOUT:
        return False
    before = words[-2] if len(words) > 1 else ""
    if not _ANYWHERE.isdisjoint(words) or any(map(_TOGETHER.fullmatch, words)):
        return True
    if words[-1] in _MANY:
        return before in _OF_SECRETS
    return words[-1] in _LAST and before not in _HARMLESS_BEFORE
