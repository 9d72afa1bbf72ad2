"""Passwords: hashes that the backend reads, equal effort for everybody, and what is refused."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.domain.authentication import hashing, passwords
from app.domain.authentication.capacity import CapacityLimiter, Overloaded
from app.domain.errors import InvalidValue
from app.models.user import NO_PASSWORD
from tests.support import quick_hashes

PASSWORD = "correct horse battery"
PARAMETERS = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4, "hash_len": 32}
FROM_PASSLIB = (
    "$argon2id$v=19$m=65536,t=3,p=4$5XyPEQJAKCXk/H+PEWLs/Q"
    "$MrI6PY2cAKvzHt+fjFRJVuqqzty3r1/0mSeCmMDuHdI"
)
COMMON = "is a common one, or close to a common one"
PERSONAL = "is made of your own name or address, or of the name of this service"
FROM_BCRYPT = "$2b$04$7QxUB7rQvTINRJzwwsQIpeFUiF/4ZinvTS4QsPplTd0TdD1Vywnoi"
FOREIGN = [
    None,
    "",
    "hashed_password_here",
    "!",
    "scrypt:32768:8:1$salt$abcdef",
    "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    FROM_BCRYPT.replace("$2b$", "$2x$"),
    FROM_BCRYPT.replace("$04$", "$31$"),
    FROM_BCRYPT.upper(),
    FROM_BCRYPT[:-1],
    "$argon2id$v=19$m=65536,t=3,p=4$",
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 42 + "B",
    "$argon2id$v=19$m=99999999,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
    "$argon2id$v=19$m=65536,t=9999,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
    "$argon2id$v=19$m=65536,t=3,p=4$é$é",
]


@pytest.fixture(scope="module", autouse=True)
def _at_the_full_cost():
    with quick_hashes.suspended():
        yield


@pytest.fixture
def quickly():
    """What is compared decides this test, and not what it costs."""
    with quick_hashes.used():
        yield


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


@pytest.mark.usefixtures("quickly")
def test_the_password_matches_to_the_byte():
    stored = passwords.hash_password(PASSWORD)

    assert passwords.verify(stored, PASSWORD)
    for other in (PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD}\n", "", "\ud800", "x" * 100_000):
        assert not passwords.verify(stored, other)


def test_a_hash_that_the_backend_made_by_passlib_is_verified_and_kept():
    assert passwords.verify(FROM_PASSLIB, PASSWORD)
    assert not passwords.verify(FROM_PASSLIB, "something else")
    assert not passwords.needs_rehash(FROM_PASSLIB)


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("head", ["$2a$", "$2b$", "$2y$"])
def test_a_hash_by_bcrypt_is_verified_and_kept(head):
    quick = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    stored = FROM_BCRYPT if head == "$2b$" else quick.replace("$2b$", head)

    assert passwords.is_readable(stored)
    assert passwords.verify(stored, PASSWORD)
    for other in ("something else", "", f"{PASSWORD}\0", "\ud800", "x" * 100_000):
        assert not passwords.verify(stored, other)
    assert not passwords.needs_rehash(stored)


@pytest.mark.usefixtures("quickly")
def test_a_longer_password_matches_the_hash_that_its_backend_stored():
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()

    assert passwords.verify(stored, "x" * 73)
    assert not passwords.verify(stored, "x" * 71)


def test_a_new_password_is_hashed_by_bcrypt_where_the_backend_knows_no_other():
    stored = passwords.hash_password(PASSWORD, passwords.BCRYPT)

    assert stored.startswith("$2b$12$")
    assert bcrypt.checkpw(PASSWORD.encode(), stored.encode())
    assert passwords.verify(stored, PASSWORD)
    names = {"username": "ada", "email": "ada@example.com"}
    too_long = "grüne Reiher über dem Moor, sieben Türme im Schnee, zwölf Öfen, ein Garten"
    passwords.check_new(too_long, **names)
    with pytest.raises(InvalidValue, match="takes 79 bytes in UTF-8; at most 72 count here"):
        passwords.check_new(too_long, **names, scheme=passwords.BCRYPT)


@pytest.mark.usefixtures("quickly")
def test_every_failure_takes_the_work_of_both_where_some_are_hashed_by_bcrypt(monkeypatch):
    stored, work = passwords.hash_password(PASSWORD), []

    def noting(kind, function):
        return lambda *arguments: work.append(kind) or function(*arguments)

    monkeypatch.setattr(PasswordHasher, "verify", noting("argon2", PasswordHasher.verify))
    monkeypatch.setattr(bcrypt, "checkpw", noting("bcrypt", bcrypt.checkpw))
    for password_hash in (stored, FROM_BCRYPT, None, passwords.no_password(), "unknown$hash"):
        assert not passwords.verify(password_hash, "something else", bcrypt_cost=4)
        assert sorted(work) == ["argon2", "bcrypt"]
        work.clear()
    for password_hash in (stored, FROM_BCRYPT):
        assert passwords.verify(password_hash, PASSWORD, bcrypt_cost=4)
    assert work == ["argon2", "bcrypt"]
    assert not passwords.verify(None, "something else")
    assert work[2:] == ["argon2"]


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
                time.sleep(0.01)
                return work(*arguments)
            finally:
                with lock:
                    now[0] -= 1

        return count

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, counted(getattr(PasswordHasher, name)))
    return seen


@pytest.mark.usefixtures("quickly")
def test_only_so_many_hashes_are_computed_at_once(at_work):
    stored = passwords.hash_password(PASSWORD)
    at_work.clear()
    everybody = hashing.LIMIT + hashing.QUEUE
    is_right = [True, False, False]

    def compare_and_hash(number):
        others = [stored, FOREIGN[2], None]
        matches = passwords.verify(others[number % 3], PASSWORD)
        return matches, passwords.hash_password(PASSWORD).startswith("$argon2id$")

    with ThreadPoolExecutor(everybody) as threads:
        answers = list(threads.map(compare_and_hash, range(everybody)))

    assert answers == [(is_right[number % 3], True) for number in range(everybody)]
    assert len(at_work) == 2 * everybody
    assert max(at_work) <= hashing.LIMIT


@pytest.mark.parametrize("password_hash", [FROM_PASSLIB, FROM_PASSLIB.replace("M", "N"), *FOREIGN])
def test_where_there_is_no_place_nobody_learns_anything(password_hash, at_work, monkeypatch):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0)
    monkeypatch.setattr(hashing, "_LIMITER", limiter)

    with limiter.slot(), pytest.raises(Overloaded):
        passwords.verify(password_hash, PASSWORD)

    assert at_work == []


def test_whatever_argon2_complains_of_the_place_is_given_back(stored, monkeypatch):
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0)
    monkeypatch.setattr(hashing, "_LIMITER", limiter)

    with pytest.raises(UnicodeEncodeError):
        passwords.hash_password("half a pair \ud800")
    assert not passwords.verify(stored, "something else")

    assert passwords.verify(stored, PASSWORD)


@pytest.fixture(scope="module")
def usual(stored):
    """The seconds of a processor that a wrong password takes."""
    return min(cpu_seconds(stored) for _ in range(3))


@pytest.mark.parametrize("password_hash", FOREIGN)
def test_what_is_no_hash_of_ours_matches_nothing_at_the_usual_effort(usual, password_hash):
    assert cpu_seconds(password_hash) > usual / 2


@pytest.mark.parametrize("password_hash", [text for text in FOREIGN if text is not None])
def test_what_cannot_be_verified_is_told_as_unreadable(password_hash):
    assert not passwords.is_readable(password_hash)
    assert not passwords.needs_rehash(password_hash)


def test_a_user_without_a_password_has_a_readable_hash_that_matches_nothing(usual):
    none = passwords.no_password()

    assert none.startswith(NO_PASSWORD)
    assert none != passwords.no_password()
    assert len(none) == 97
    assert passwords.is_readable(none)
    assert not passwords.verify(none, "")
    assert cpu_seconds(none) > usual / 2


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
        "パスワードは長いほうが良い",
        " padded password ",
        "xkcd 936 ada likes it",
        "my rag fortress is seven miles uphill",
        "7bW!vQ2m@Zr9Lx#4Tn8Kp$5Hc6Jd1Fg0Ys3Ae",
        "correct horse battery staple " * 8,
    ],
)
def test_a_password_needs_no_digits_and_no_symbols(password):
    passwords.check_new(password, username="ada", email="ada@example.com", full_name="Ada Byron")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "has 0 characters; at least 12 are needed"),
        ("x" * 11, "has 11 characters; at least 12 are needed"),
        ("x" * 257, "has 257 characters; at most 256 are possible"),
        ("with a line\nend", "contains a character that cannot be typed in a sign-in form"),
        ("with a NUL\x00 in it", "contains a character that cannot be typed in a sign-in form"),
        ("half a pair \ud800", "contains a character that cannot be typed in a sign-in form"),
        *((text, "repeats itself") for text in ("a" * 12, " " * 12, "ü" * 256, "xkcd" * 8)),
        *((text, COMMON) for text in ("123456789012", "password1234", "P@ssw0rd!234")),
        *((text, COMMON) for text in ("QWERTY123456", "Justinbieber", "ｐａｓｓｗｏｒｄ１２３４")),
        ("abcdefghijklm", "is a sequence of characters"),
        (";lkjhgfdsa]]", "is a row of keys of the keyboard"),
        *(
            (text, PERSONAL)
            for text in ("ragfortress2026", "RAG Fortress Console", "Fortress12345")
        ),
        *(
            (text, PERSONAL)
            for text in ("lovelace1815", "Ecalevol1815", "ByronByron99", "R4gF0rtr3ss!")
        ),
        *((text, PERSONAL) for text in ("countess.ada1", "example.com!")),
        ("ada.lovelace.1815", "is the user name"),
        ("Ada.Lovelace.1815", "is the user name"),
        ("Countess.Ada@Example.com", "is the e-mail address or its beginning"),
        ("countess.ada", "is the e-mail address or its beginning"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password, reason):
    with pytest.raises(InvalidValue) as refused:
        passwords.check_new(
            password,
            username="ada.lovelace.1815",
            email="countess.ada@example.com",
            full_name="Augusta Byron",
        )

    assert str(refused.value) == f"The password {reason}. Choose another."
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "text", ["a@4s$5e3i1!o0t7+l|b8g69c({[<z2x%", "a@4i1!|l7b8g69s$5t+0123456789"]
)
def test_no_password_keeps_a_thread_busy(text):
    start = time.process_time()
    names = {"username": "ada", "email": "ada@example.com"}
    with contextlib.suppress(InvalidValue):
        passwords.check_new((text * 8)[: passwords.MAX_CHARACTERS], **names)

    assert time.process_time() - start < 1


def test_each_of_the_10000_most_common_passwords_is_refused():
    for password in FREQUENCY_LISTS["passwords"][:10_000]:
        with pytest.raises(InvalidValue):
            passwords.check_new(password, username="ada", email="ada@example.com")
