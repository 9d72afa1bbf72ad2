"""Passwords: hashing, verification and the rules for new ones (NIST SP 800-63B).

A stored password is an argon2id string with the default parameters of passlib, so that the backend
and the console verify each other's hashes; for a backend that knows bcrypt only, one by bcrypt.
Hashes by bcrypt are verified in any case, and left as they are.
"""

import base64
import re
import secrets
from dataclasses import dataclass

from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerificationError

from app.domain.authentication import bcrypt_hashes, hashing, strength
from app.domain.errors import InvalidValue
from app.models.base import normalised
from app.models.user import NO_PASSWORD

FIELD = "password"
ARGON2ID, BCRYPT = SCHEMES = ("argon2id", bcrypt_hashes.SCHEME)
MIN_CHARACTERS = 12
MAX_CHARACTERS = 256
# Otherwise a hash written into the table could make one sign-in take all memory.
MAX_MEMORY_KIB = 1_048_576
MAX_PASSES = 32
MIN_MEMORY_KIB_PER_LANE = 8

_HASHER = PasswordHasher(
    time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)
_CURRENT = extract_parameters(f"{NO_PASSWORD}{'A' * 43}")
_READABLE = re.compile(
    r"\$argon2(?:id|i|d)\$v=(?:16|19)\$m=[1-9][0-9]{0,8},t=[1-9][0-9]{0,8},p=[1-9][0-9]?"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,64})\$(?P<digest>[A-Za-z0-9+/]{16,128})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def hash_password(password: str, scheme: str = ARGON2ID) -> str:
    """Return the string to store for a password, with a fresh salt.

    Raises:
        Overloaded: Too many passwords are being hashed in this process.
    """
    return hashing.computed(_hashed, password.encode(), scheme)


@dataclass(frozen=True)
class PasswordHashing:
    """The hashing of passwords as the model `User` asks for it."""

    scheme: str

    def hash_password(self, password: str) -> str:
        """Return the string to store for a password."""
        return hash_password(password, self.scheme)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password matches a stored string."""
        return verify(password_hash, password)


def no_password() -> str:
    """Return a hash that no password matches, for a user without a password."""
    return NO_PASSWORD + _unpadded(secrets.token_bytes(_CURRENT.hash_len))


def verify(password_hash: str | None, password: str, *, bcrypt_cost: int | None = None) -> bool:
    """Tell whether a password matches a stored hash; one that does not takes the same time for all.

    Args:
        password_hash: The stored hash; None if the user does not exist.
        password: The typed password.
        bcrypt_cost: The cost of the hashes by bcrypt that other users have, if there are any: then
            every failure takes a verification by argon2 and one by bcrypt.

    Returns:
        True if it matches; False also for a string that is no hash, and for a user without a
        password.

    Raises:
        Overloaded: Too many passwords are being hashed in this process; this one was not checked.
    """
    # Half a surrogate pair cannot be encoded otherwise. No stored password contains one.
    typed = password.encode("utf-8", "surrogatepass")
    stored = password_hash if password_hash and is_readable(password_hash) else no_password()
    return hashing.computed(_matches, stored, typed, bcrypt_cost)


def needs_rehash(password_hash: str) -> bool:
    """Tell whether a verified password should be hashed again because its hash is weaker.

    A hash that is stronger in one parameter is kept even if another one is lower, because somebody
    chose that parameter.
    """
    if bcrypt_hashes.is_readable(password_hash) or not is_readable(password_hash):
        return False
    stored = extract_parameters(password_hash)
    if stored.type is not Type.ID or stored.version < _CURRENT.version:
        return True
    pairs = list(zip(_strength(stored), _strength(_CURRENT), strict=True))
    weaker = stored.parallelism < _CURRENT.parallelism or any(old < new for old, new in pairs)
    return weaker and not any(old > new for old, new in pairs)


def is_readable(password_hash: str) -> bool:
    """Tell whether the console can verify a password against the string (it may match none)."""
    if bcrypt_hashes.is_readable(password_hash):
        return True
    parts = _READABLE.fullmatch(password_hash)
    if not parts or not (_is_base64(parts["salt"]) and _is_base64(parts["digest"])):
        return False
    stored = extract_parameters(password_hash)
    return (
        MIN_MEMORY_KIB_PER_LANE * stored.parallelism <= stored.memory_cost <= MAX_MEMORY_KIB
        and stored.time_cost <= MAX_PASSES
    )


def check_new(
    password: str, *, username: str, email: str, full_name: str = "", scheme: str = ARGON2ID
) -> None:
    """Refuse a new password that is too short, too long or easily guessed.

    Nothing is stripped, and there are no rules of composition.

    Args:
        password: The typed password.
        username: The user name of its owner.
        email: The email address of its owner.
        full_name: The full name of its owner; "" if it is not known.
        scheme: How it will be hashed.

    Raises:
        InvalidValue: The password is refused; the message has the reason.
    """
    if len(password) < MIN_CHARACTERS:
        raise _refused(f"has {len(password)} characters; at least {MIN_CHARACTERS} are needed")
    if len(password) > MAX_CHARACTERS:
        raise _refused(f"has {len(password):,} characters; at most {MAX_CHARACTERS} are possible")
    # Sign-in forms cannot send line breaks, and passlib refuses NUL: nobody could sign in.
    if _CONTROL.search(password) or _SURROGATE.search(password):
        raise _refused("contains a character that cannot be typed in a sign-in form")
    size = len(password.encode())
    if scheme == BCRYPT and size > bcrypt_hashes.MAX_BYTES:
        raise _refused(f"takes {size} bytes in UTF-8; at most {bcrypt_hashes.MAX_BYTES} count here")
    name = normalised(password)
    if name == normalised(username):
        raise _refused("is the user name")
    if name in {normalised(email), normalised(email.partition("@")[0])}:
        raise _refused("is the e-mail address or its beginning")
    if reason := strength.weakness(password, [username, email, full_name]):
        raise _refused(reason)


def _hashed(password: bytes, scheme: str) -> str:
    return bcrypt_hashes.hashed(password) if scheme == BCRYPT else _HASHER.hash(password)


def _matches(stored: str, typed: bytes, bcrypt_cost: int | None) -> bool:
    if bcrypt_hashes.is_readable(stored):
        return bcrypt_hashes.matches(stored, typed) or _is_argon2(no_password(), typed)
    if _is_argon2(stored, typed):
        return not stored.startswith(NO_PASSWORD)
    if bcrypt_cost is not None:
        bcrypt_hashes.matches(bcrypt_hashes.of_nobody(bcrypt_cost), typed)
    return False


def _is_argon2(stored: str, typed: bytes) -> bool:
    try:
        return _HASHER.verify(stored, typed)
    except VerificationError:
        return False


def _strength(parameters: Parameters) -> tuple[int, ...]:
    """Return the parameters that make a hash harder to guess, so without the parallelism."""
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
