"""Passwords hashed by bcrypt, as other programs store them and may need them."""

import re
from importlib import import_module
from types import ModuleType

SCHEME = "bcrypt"
COST = 12
# Whatever is beyond is ignored by bcrypt.
MAX_BYTES = 72
# A cost of 16 takes seconds; more would let a row of the table block every sign-in. The last
# characters of salt and digest hold bits of no byte, which have to be zero.
_READABLE = re.compile(
    r"\$2[aby]\$(?P<cost>0[4-9]|1[0-6])\$[./A-Za-z0-9]{21}[.Oeu]"
    r"[./A-Za-z0-9]{30}[.CGKOSWaeimquy26]"
)
_NOBODYS = f"{'.' * 22}{'.' * 31}"


def is_readable(password_hash: str) -> bool:
    """Tell whether the string is a hash by bcrypt that a password can be verified against."""
    return _READABLE.fullmatch(password_hash) is not None


def cost_of(password_hash: str) -> int:
    """Return the cost of a readable hash."""
    return int(password_hash[4:6])


def matches(password_hash: str, password: bytes) -> bool:
    """Tell whether a password matches a readable hash.

    Of a longer password the first 72 bytes count, as for the program that stored the hash.
    """
    return bool(_library().checkpw(password[:MAX_BYTES], password_hash.encode()))


def of_nobody(cost: int) -> str:
    """Return a hash that no password matches, as slow as others of this cost."""
    return f"$2b${cost:02}${_NOBODYS}"


def hashed(password: bytes) -> str:
    """Return the hash of a password, with a fresh salt."""
    hashing = _library()
    return str(hashing.hashpw(password, hashing.gensalt(COST)), "ascii")


def _library() -> ModuleType:
    """Return the library, which most installations never need."""
    return import_module("bcrypt")
