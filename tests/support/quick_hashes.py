"""Passwords hashed in no time: by argon2 itself, at a cost that is none, and stored as if it were.

At its full cost each hash takes a sixth of a second of a processor, a hundred seconds of all tests.
Tests of that cost suspend this; other processes, which know nothing of it, verify only the hash
that ``people`` has made.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from argon2 import PasswordHasher

from app.models.user import NO_PASSWORD
from tests.support.people import PASSWORD, PASSWORD_HASH

COST = re.compile(r"m=\d+,t=\d+,p=(\d+)")
HASH, VERIFY = PasswordHasher.hash, PasswordHasher.verify
MIN_MEMORY_KIB_PER_LANE = 8


@contextmanager
def used() -> Iterator[None]:
    """Hash and verify in no time meanwhile; a hash that was not made so is verified at its cost."""
    with _patched(_hash, _verify):
        yield


@contextmanager
def suspended() -> Iterator[None]:
    """Hash and verify at the full cost meanwhile."""
    with _patched(HASH, VERIFY):
        yield


@contextmanager
def _patched(hash_: Callable[..., str], verify: Callable[..., bool]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHasher, "hash", hash_)
        patch.setattr(PasswordHasher, "verify", verify)
        yield


def _hash(hasher: PasswordHasher, password: str | bytes, **salt: bytes) -> str:
    quick = HASH(_cheap(hasher), password, **salt)
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    stored = COST.sub(cost, quick, count=1)
    _quick_hashes()[stored] = quick
    return stored


def _verify(hasher: PasswordHasher, stored: str, password: str | bytes) -> bool:
    if stored.startswith(NO_PASSWORD):
        quick = COST.sub(_cost_of_nothing, stored, count=1)
    else:
        quick = _quick_hashes().get(stored, stored)
    return VERIFY(hasher, quick, password)


@cache
def _quick_hashes() -> dict[str, str]:
    """Return the quick hash of each that is stored."""
    return {PASSWORD_HASH: HASH(_cheap(PasswordHasher()), PASSWORD)}


def _cost_of_nothing(found: re.Match[str]) -> str:
    return f"m={MIN_MEMORY_KIB_PER_LANE * int(found[1])},t=1,p={found[1]}"


def _cheap(hasher: PasswordHasher) -> PasswordHasher:
    return PasswordHasher(
        time_cost=1,
        memory_cost=MIN_MEMORY_KIB_PER_LANE * hasher.parallelism,
        parallelism=hasher.parallelism,
        hash_len=hasher.hash_len,
        salt_len=hasher.salt_len,
        type=hasher.type,
    )
