"""Passwords: hashes that the backend reads, equal effort for everybody, and what is refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.authentication import passwords
from app.domain.authentication.capacity import CapacityLimiter, Overloaded
from app.domain.errors import InvalidValue
from app.models.user import NO_PASSWORD

PASSWORD = "correct horse battery"
PARAMETERS = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4, "hash_len": 32}
FROM_PASSLIB = (
    "$argon2id$v=19$m=65536,t=3,p=4$5XyPEQJAKCXk/H+PEWLs/Q"
    "$MrI6PY2cAKvzHt+fjFRJVuqqzty3r1/0mSeCmMDuHdI"
)
FOREIGN = [
    None,
    "",
    "hashed_password_here",
    "!",
    "scrypt:32768:8:1$salt$abcdef",
    "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    "$argon2id$v=19$m=65536,t=3,p=4$",
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 42 + "B",
    "$argon2id$v=19$m=99999999,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
    "$argon2id$v=19$m=65536,t=9999,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
    "$argon2id$v=19$m=65536,t=3,p=4$é$é",
]


@pytest.fixture(scope="module")
def stored():
    return passwords.hash_password(PASSWORD)


def made_with(**parameters):
    hasher = PasswordHasher(**(PARAMETERS | {"type": Type.ID} | parameters))
    return hasher.hash(PASSWORD, salt=b"sixteen bytes ab")


def cpu_seconds(password_hash):
    start = time.process_time()
    assert not passwords.verify(password_hash, "something else")
    return time.process_time() - start


def test_a_password_is_stored_as_the_backend_stores_it(stored):
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert len(stored) == 97
    assert passwords.is_readable(stored)
    assert not passwords.needs_rehash(stored)


def test_the_password_matches_to_the_byte(stored):
    assert passwords.verify(stored, PASSWORD)
    for other in (PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD}\n", "", "\ud800", "x" * 100_000):
        assert not passwords.verify(stored, other)


def test_a_hash_that_the_backend_made_by_passlib_is_verified_and_kept():
    assert passwords.verify(FROM_PASSLIB, PASSWORD)
    assert not passwords.verify(FROM_PASSLIB, "something else")
    assert not passwords.needs_rehash(FROM_PASSLIB)


def test_the_same_password_is_hashed_with_another_salt(stored):
    assert passwords.hash_password(PASSWORD) != stored


@pytest.fixture
def at_work(monkeypatch):
    """For each hash that is computed, how many are at that moment."""
    now, seen, lock = [0], [], threading.Lock()

    def counted(work):
        def count(*arguments):
            with lock:
                now[0] += 1
                seen.append(now[0])
            try:
                return work(*arguments)
            finally:
                with lock:
                    now[0] -= 1

        return count

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, counted(getattr(PasswordHasher, name)))
    return seen


def test_only_so_many_hashes_are_computed_at_once(stored, at_work):
    everybody = passwords.LIMIT + passwords.QUEUE
    is_right = [True, False, False]

    def compare_and_hash(number):
        others = [stored, FOREIGN[2], None]
        matches = passwords.verify(others[number % 3], PASSWORD)
        return matches, passwords.hash_password(PASSWORD).startswith("$argon2id$")

    with ThreadPoolExecutor(everybody) as threads:
        answers = list(threads.map(compare_and_hash, range(everybody)))

    assert answers == [(is_right[number % 3], True) for number in range(everybody)]
    assert len(at_work) == 2 * everybody
    assert max(at_work) <= passwords.LIMIT


@pytest.mark.parametrize("password_hash", [FROM_PASSLIB, FROM_PASSLIB.replace("M", "N"), *FOREIGN])
def test_where_there_is_no_place_nobody_learns_anything(password_hash, at_work, monkeypatch):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0)
    monkeypatch.setattr(passwords, "_LIMITER", limiter)

    with limiter.slot(), pytest.raises(Overloaded):
        passwords.verify(password_hash, PASSWORD)

    assert at_work == []


def test_whatever_argon2_complains_of_the_place_is_given_back(stored, monkeypatch):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0)
    monkeypatch.setattr(passwords, "_LIMITER", limiter)

    with pytest.raises(UnicodeEncodeError):
        passwords.hash_password("half a pair \ud800")
    assert not passwords.verify(stored, "something else")

    assert passwords.verify(stored, PASSWORD)


@pytest.mark.parametrize("password_hash", FOREIGN)
def test_what_is_no_hash_of_ours_matches_nothing_at_the_usual_effort(stored, password_hash):
    usual = min(cpu_seconds(stored) for _ in range(2))

    assert cpu_seconds(password_hash) > usual / 2


@pytest.mark.parametrize("password_hash", [text for text in FOREIGN if text is not None])
def test_what_cannot_be_verified_is_told_as_unreadable(password_hash):
    assert not passwords.is_readable(password_hash)
    assert not passwords.needs_rehash(password_hash)


def test_a_user_without_a_password_has_a_readable_hash_that_matches_nothing(stored):
    none = passwords.no_password()

    assert none.startswith(NO_PASSWORD)
    assert none != passwords.no_password()
    assert len(none) == 97
    assert passwords.is_readable(none)
    assert not passwords.verify(none, "")
    assert cpu_seconds(none) > cpu_seconds(stored) / 2


def test_the_salt_of_no_password_matches_nothing_whatever_the_digest():
    hasher = PasswordHasher(**PARAMETERS)
    digest = hasher.hash(PASSWORD, salt=bytes(16))

    assert digest.startswith(NO_PASSWORD)
    assert not passwords.verify(digest, PASSWORD)


@pytest.mark.parametrize(
    ("parameters", "weaker"),
    [
        ({}, False),
        ({"type": Type.I}, True),
        ({"type": Type.D}, True),
        ({"memory_cost": 19_456}, True),
        ({"time_cost": 2}, True),
        ({"parallelism": 1}, True),
        ({"hash_len": 16}, True),
        ({"memory_cost": 131_072}, False),
        ({"time_cost": 4}, False),
        ({"parallelism": 8}, False),
        ({"memory_cost": 131_072, "time_cost": 2}, False),
        ({"memory_cost": 19_456, "time_cost": 2, "parallelism": 1}, True),
    ],
)
def test_only_a_weaker_hash_is_made_anew(parameters, weaker):
    password_hash = made_with(**parameters)

    assert passwords.is_readable(password_hash)
    assert passwords.verify(password_hash, PASSWORD)
    assert passwords.needs_rehash(password_hash) is weaker


@settings(deadline=None)
@given(st.text() | st.from_regex(passwords._READABLE, fullmatch=True))
def test_any_string_is_told_readable_or_not(text):
    assert passwords.is_readable(text) in {True, False}
    assert passwords.needs_rehash(text) in {True, False}


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "            ",
        "x" * 11 + "y",
        "ü" * 256,
        "パスワードは長いほうが良い",
        " padded password ",
    ],
)
def test_a_password_needs_nothing_but_length(password):
    passwords.check_new(password, username="ada", email="ada@example.com")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "has 0 characters; at least 12 are needed"),
        ("x" * 11, "has 11 characters; at least 12 are needed"),
        ("x" * 257, "has 257 characters; at most 256 are possible"),
        ("with a line\nend", "contains a character that cannot be typed in a sign-in form"),
        ("with a NUL\x00 in it", "contains a character that cannot be typed in a sign-in form"),
        ("half a pair \ud800", "contains a character that cannot be typed in a sign-in form"),
        ("qwerty123456", "is one of the 10,000 most common ones"),
        ("QWERTY123456", "is one of the 10,000 most common ones"),
        ("Justinbieber", "is one of the 10,000 most common ones"),
        ("ada.lovelace.1815", "is the user name"),
        ("Ada.Lovelace.1815", "is the user name"),
        ("Countess.Ada@Example.com", "is the e-mail address or its beginning"),
        ("countess.ada", "is the e-mail address or its beginning"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password, reason):
    with pytest.raises(InvalidValue) as refused:
        passwords.check_new(
            password, username="ada.lovelace.1815", email="countess.ada@example.com"
        )

    assert str(refused.value) == f"The password {reason}. Choose another."
    assert refused.value.field == "password"


def test_each_of_the_10000_most_common_passwords_is_refused():
    ranked = pytest.importorskip("zxcvbn.frequency_lists").FREQUENCY_LISTS["passwords"]

    for password in ranked[:10_000]:
        with pytest.raises(InvalidValue):
            passwords.check_new(password, username="ada", email="ada@example.com")
