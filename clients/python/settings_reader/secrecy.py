"""Secrets: known by the words of a key, or by a password or a well-known token in a value."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from settings_reader.secret_keys import is_secret

__all__ = [
    "IS_SET",
    "MASK",
    "MASKED",
    "holds_password",
    "is_secret",
    "is_whole",
    "masked",
    "recorded",
    "why_not_in_clear",
]

MASK = "•••"
# The field in which events tell of a secret.
IS_SET = "is_set"
REFUSED_ADDRESS = (
    "The value holds an address with a password, which would be stored in clear. "
    "Leave the password out, or mark the setting as a secret first."
)
REFUSED_IN_CLEAR = (
    "The value holds a password or a token, which would be stored in clear. "
    "Leave it out, or mark the setting as a secret first."
)
REFUSED_MASK = (
    f"The value holds “{MASK}”, which stands for a password or a token that is not shown. "
    "Enter the value itself."
)
MASKED = "Its value holds a password. Mark the setting as a secret to replace it."

# A quick look: most values hold nothing of the kind, and lists look at all of them.
_HINTS = (
    *("://", "-----begin", "sk-", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "pat_", "pat-", "xox"),
    *("v1:g", "akia", "aiza", "hf_", "eyj", "pass", "pwd", "secret", "key", "token", "credential"),
)
_KEPT_CHARACTERS = 200
# A password in an address: up to the last @ within so many characters.
_URLS = re.compile(r"""[^\s"'<>]++""")
_USER_IN_URL = re.compile(r"""://[^\s/?#:@"'<>]{0,200}(?=:(?![0-9]{1,5}[/?#]))""")
_PASSWORD_CHARACTERS = 1000
_TOKEN_IN_URL = re.compile(r"""(?P<before>https?://)[^\s/?#:@"'<>]{16,200}(?=@)""", re.IGNORECASE)
_IN_QUERY = re.compile(
    r"""(?P<before>[?&;#](?:password|passwd|pwd|(?:client[_-]?)?secret|api[_-]?key"""
    r"""|access[_-]?key|(?:(?:access|auth|refresh)[_-])?token|sig|signature)=)"""
    r"""(?![{$%\\])[^\s&;"'<>#]+""",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?P<before>\b)(?:sk-[\w-]{20,200}|gh[pousr]_\w{30,200}|github_pat_\w{20,200}"
    r"|glpat-[\w-]{20,200}|xox[abeprs]-[\w-]{10,200}|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|hf_\w{30,200}"
    r"|eyJ[\w-]{10,400}\.eyJ[\w-]{10,2000}\.[\w-]{10,1000}"
    r"|v1:gAAAAA[\w=-]{20,66000})"
)
_PRIVATE_KEY = re.compile(r"(?P<before>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]+")
# A list of names and values, as drivers take it in place of an address.
_PLACE = re.compile(
    r"""(?:^|[;\s"'])(?:host|server|data source|user|user id|uid|dbname|database|accountname)"""
    r"\s?=",
    re.IGNORECASE,
)
_IN_LIST = re.compile(
    r"""(?P<before>(?:^|[;\s"'])(?:password|passwd|pwd|accountkey|sharedaccesskey)\s?=\s?)"""
    # In quotes, as a password with spaces is, also within JSON.
    r"""(?:'[^']{1,1000}'|"[^"]{1,1000}"|\\"[^"\\]{1,1000}\\"|[^\s;]+)""",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r'(?P<before>"(?P<name>[^"\\]{1,80})"\s{0,20}:\s{0,20}")(?P<text>(?:[^"\\]|\\.){1,4000})(?=")'
)
# The same in JSON that is a text of JSON.
_MEMBER_OF_TEXT = re.compile(
    r'(?P<before>\\"(?P<name>[^"\\]{1,80})\\"\s{0,20}:\s{0,20}\\")'
    r'(?P<text>(?:[^"\\]|\\\\(?:\\.)?){1,4000})(?=\\")'
)
_MEMBERS = (_MEMBER, _MEMBER_OF_TEXT)
_EVERYWHERE = (_TOKEN_IN_URL, _IN_QUERY, _TOKEN, _PRIVATE_KEY)
# Names that members of any JSON object may have, and what stands for a secret in its place.
_PLAIN_NAMES = frozenset({"key", "pass", "salt", "signature", "token"})
_PLACEHOLDERS = ("$", "{", "%", "<")


def masked(value: str) -> str:
    """Return a value with its passwords and tokens masked."""
    if not _may_hold_secret(value):
        return value
    value = _masked_in_urls(value)
    for pattern in _patterns(value):
        value = pattern.sub(rf"\g<before>{MASK}", value)
    for members in _MEMBERS:
        value = members.sub(_masked_member, value)
    return value


def recorded(value: str | None, *, is_secret: bool) -> dict[str, str | bool | None]:
    """Return a value as events record it: of a secret only whether it is set."""
    return {IS_SET: value is not None} if is_secret else {"value": value}


def holds_password(value: str | None) -> bool:
    """Tell whether a value holds a password or a token, masked or not."""
    if value is None or not _may_hold_secret(value):
        return False
    if any(_passwords_in_urls(value)) or any(pattern.search(value) for pattern in _patterns(value)):
        return True
    members = chain.from_iterable(pattern.finditer(value) for pattern in _MEMBERS)
    return any(map(_is_secret_member, members))


def is_whole(shown: str | None) -> bool:
    """Tell whether a value as it may be shown is the value itself, with nothing masked."""
    # Of a token nothing but the mask is left.
    return shown is None or not (MASK in shown or holds_password(shown))


def why_not_in_clear(text: str) -> str:
    """Return why a value as typed is not stored in clear, as sentences; "" if it may be."""
    if holds_password(text):
        return REFUSED_ADDRESS if "://" in text else REFUSED_IN_CLEAR
    return REFUSED_MASK if MASK in text else ""


def _may_hold_secret(value: str) -> bool:
    return _has_hint(value) if len(value) <= _KEPT_CHARACTERS else _has_hint.__wrapped__(value)


@lru_cache(maxsize=4096)
def _has_hint(value: str) -> bool:
    lowered = value.lower()
    return any(hint in lowered for hint in _HINTS)


def _patterns(value: str) -> tuple[re.Pattern[str], ...]:
    return (*_EVERYWHERE, _IN_LIST) if _PLACE.search(value) else _EVERYWHERE


def _masked_in_urls(value: str) -> str:
    pieces, end = [], 0
    for password in _passwords_in_urls(value):
        pieces += [value[end : password.start], MASK]
        end = password.stop
    return "".join([*pieces, value[end:]])


def _passwords_in_urls(value: str) -> Iterator[slice]:
    # By a search for the @, since one pattern for all took seconds for a long text of colons.
    for urls in _URLS.finditer(value):
        end = 0
        for user in _USER_IN_URL.finditer(value, *urls.span()):
            start = user.end() + 1
            last = min(start + 1 + _PASSWORD_CHARACTERS, urls.end())
            found = value.rfind("@", start + 1, last)
            if user.start() >= end and found >= 0:
                yield slice(start, found)
                end = found


def _masked_member(member: re.Match[str]) -> str:
    return f"{member['before']}{MASK}" if _is_secret_member(member) else member[0]


def _is_secret_member(member: re.Match[str]) -> bool:
    name = member["name"]
    is_named = is_secret(name) and name.lower() not in _PLAIN_NAMES
    return is_named and not member["text"].startswith(_PLACEHOLDERS)
