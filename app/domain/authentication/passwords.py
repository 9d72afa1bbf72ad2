"""Passwords: how they are hashed and verified, and which new ones are refused (NIST SP 800-63B).

What is stored is an argon2id string with the parameters that passlib uses by default, so that the
backend verifies what the console stores and the console what the backend stores.

Each computation runs on four threads of its own and takes 64 MiB. Whoever wants one goes through a
turnstile, whatever it is wanted for: so many people who sign in at once leave room for the others.
"""

import base64
import re
import secrets
from functools import cache
from pathlib import Path

from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerificationError

from app.domain.authentication.capacity import Turnstile
from app.domain.errors import InvalidValue
from app.models.base import normalised
from app.models.user import NO_PASSWORD

FIELD = "password"
MIN_CHARACTERS = 12
MAX_CHARACTERS = 256
# Whoever can write to the table could otherwise make one sign-in take all memory.
MAX_MEMORY_KIB = 1_048_576
MAX_PASSES = 32
MIN_MEMORY_KIB_PER_LANE = 8
# Pages' p95 while eight sign in: 8 times idle with one, 13 with two, 31 without limit (medians).
AT_ONCE = 1
# With the one at work they occupy three threads: of a worker's four, one is left for pages.
WAITING = 2
PATIENCE_SECONDS = 2.0

_TURNSTILE = Turnstile(places=AT_ONCE, waiting=WAITING, patience=PATIENCE_SECONDS)
_HASHER = PasswordHasher(
    time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)
_OURS = extract_parameters(f"{NO_PASSWORD}{'A' * 43}")
_READABLE = re.compile(
    r"\$argon2(?:id|i|d)\$v=(?:16|19)\$m=[1-9][0-9]{0,8},t=[1-9][0-9]{0,8},p=[1-9][0-9]?"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,64})\$(?P<digest>[A-Za-z0-9+/]{16,128})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def hash_password(password: str) -> str:
    """Return the argon2id string to store for a password, with a fresh salt.

    Raises:
        TurnedAway: Too many passwords are being hashed in this process.
    """
    with _TURNSTILE.place():
        return _HASHER.hash(password.encode())


def no_password() -> str:
    """Return what is stored for a user who has no password: a hash that no password matches."""
    return NO_PASSWORD + _unpadded(secrets.token_bytes(_OURS.hash_len))


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one that was hashed; takes as long if it cannot be.

    Args:
        password_hash: What is stored, whoever stored it; None if there is no such user.
        password: The password as typed.

    Returns:
        True if it matches. False also for what is no argon2 string and for a user without a
        password, after one full verification.

    Raises:
        TurnedAway: Too many passwords are being hashed in this process; this one was not looked at.
    """
    readable = password_hash is not None and is_readable(password_hash)
    stored = password_hash if password_hash and readable else no_password()
    try:
        # Half a surrogate pair cannot be encoded otherwise; no stored hash is of one.
        with _TURNSTILE.place():
            _HASHER.verify(stored, password.encode("utf-8", "surrogatepass"))
    except VerificationError:
        return False
    return not stored.startswith(NO_PASSWORD)


def needs_rehash(password_hash: str) -> bool:
    """Tell whether a verified password should be hashed anew because the stored hash is weaker.

    A hash that is stronger in one parameter is left alone, also where another is lower: hashing
    anew would take from it what somebody chose to give.
    """
    if not is_readable(password_hash):
        return False
    stored = extract_parameters(password_hash)
    if stored.type is not Type.ID or stored.version < _OURS.version:
        return True
    pairs = list(zip(_strength(stored), _strength(_OURS), strict=True))
    weaker = stored.parallelism < _OURS.parallelism or any(old < new for old, new in pairs)
    return weaker and not any(old > new for old, new in pairs)


def is_readable(password_hash: str) -> bool:
    """Tell whether the console can verify a password against the string (it may match none)."""
    parts = _READABLE.fullmatch(password_hash)
    if not parts or not (_is_base64(parts["salt"]) and _is_base64(parts["digest"])):
        return False
    stored = extract_parameters(password_hash)
    return (
        MIN_MEMORY_KIB_PER_LANE * stored.parallelism <= stored.memory_cost <= MAX_MEMORY_KIB
        and stored.time_cost <= MAX_PASSES
    )


def check_new(password: str, *, username: str, email: str) -> None:
    """Refuse a new password that is too short, too long, too common or a name of its owner.

    It is taken as typed: nothing is stripped and there are no rules of composition.

    Args:
        password: The password as typed.
        username: The user name of the one who will have it.
        email: Their e-mail address.

    Raises:
        InvalidValue: The password is refused; says why.
    """
    if len(password) < MIN_CHARACTERS:
        raise _refused(f"has {len(password)} characters; at least {MIN_CHARACTERS} are needed")
    if len(password) > MAX_CHARACTERS:
        raise _refused(f"has {len(password):,} characters; at most {MAX_CHARACTERS} are possible")
    # A sign-in form cannot send line ends, and passlib refuses NUL: nobody could sign in with it.
    if _CONTROL.search(password) or _SURROGATE.search(password):
        raise _refused("holds a character that cannot be typed in a sign-in form")
    name = normalised(password)
    if name == normalised(username):
        raise _refused("is the user name")
    if name in {normalised(email), normalised(email.partition("@")[0])}:
        raise _refused("is the e-mail address or its beginning")
    if {name, password.lower()} & _common():
        raise _refused("is one of the 10,000 most common ones")


@cache
def _common() -> frozenset[str]:
    """The most common passwords, without those that are too short anyway."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="ascii")
    return frozenset(line for line in lines.splitlines() if not line.startswith("#"))


def _strength(parameters: Parameters) -> tuple[int, ...]:
    """What makes a hash harder to guess; parallelism only spreads the same work."""
    return (
        parameters.memory_cost,
        parameters.time_cost,
        parameters.hash_len,
        parameters.salt_len,
    )


def _unpadded(digest: bytes) -> str:
    return base64.b64encode(digest).decode().rstrip("=")


def _is_base64(text: str) -> bool:
    """Tell whether argon2 can decode the text, which must not end in bits of no byte."""
    if len(text) % 4 == 1:
        return False
    return _unpadded(base64.b64decode(f"{text}==")) == text


def _refused(reason: str) -> InvalidValue:
    return InvalidValue(f"The password {reason}. Choose another.", field=FIELD)
