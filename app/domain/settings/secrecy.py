"""Secrets: known by the words of a key, or by the value where an address holds a password."""

import re
from functools import lru_cache

MASK = "•••"
MASKED = "Its value holds a password: the console masks it and cannot change it."

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
        "apikey",
        "apikeys",
        "apitoken",
        "authtoken",
        "accesstoken",
        "accesskey",
        "privatekey",
        "signingkey",
        "encryptionkey",
        "credential",
        "credentials",
        "creds",
        "dbpass",
    ]
)
# Secret as the last word.
_LAST = frozenset(["pass", "pw", "token", "key", "signing", "signature", "bearer", "hmac", "salt"])
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
_IN_URL = re.compile(
    r"""(?P<before>://[^\s/?#:@"'<>]{0,200}:)(?![0-9]{1,5}[/?#])[^\s"'<>]{1,1000}(?=@)"""
)
_IN_QUERY = re.compile(
    r"""(?P<before>[?&;](?:password|passwd|pwd|secret|api_?key|access_token|token)=)"""
    r"""(?![{$%])[^\s&;"'<>#]+""",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """Tell whether the setting's value is write-only, judged by the words of its key."""
    words = [word.lower() for word in _BORDER.split(key) if word]
    joined = "_".join(words)
    if joined in _NOT_SECRET:
        return False
    plain = [word.rstrip("0123456789") for word in words]
    return _NAMED.search(joined) is not None or _says_secret([word for word in plain if word])


def masked(value: str) -> str:
    """Return a value with the passwords of its addresses masked."""
    if "://" not in value:
        return value
    without = _IN_URL.sub(rf"\g<before>{MASK}", value)
    return _IN_QUERY.sub(rf"\g<before>{MASK}", without)


def shown_value(key: str, value: str | None) -> str | None:
    """Return what may be shown of a value; None for nothing."""
    return None if value is None or is_secret(key) else masked(value)


def holds_password(value: str | None) -> bool:
    """Tell whether a value holds an address with a password, masked or not."""
    if value is None or "://" not in value:
        return False
    return _IN_URL.search(value) is not None or _IN_QUERY.search(value) is not None


def _says_secret(words: list[str]) -> bool:
    if not words or words[-1] in _ABOUT:
        return False
    before = words[-2] if len(words) > 1 else ""
    if not _ANYWHERE.isdisjoint(words):
        return True
    if words[-1] in _MANY:
        return before in _OF_SECRETS
    return words[-1] in _LAST and before not in _HARMLESS_BEFORE
