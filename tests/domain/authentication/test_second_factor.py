"""The second factor in the domain: keys, codes that work once, and who wins when two are sent."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.authentication import second_factor, totp
from app.domain.authentication.second_factor import EnteredCode
from app.models import RecoveryCode, SecondFactor

KEYS = ("the key of today, of 32 bytes or more",)
NOW = datetime(2026, 5, 4, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


def code_at(key, moment=NOW):
    return pyotp.TOTP(key).at(moment)


def entered(text, moment=NOW, keys=KEYS):
    return EnteredCode(text, keys, moment)


@pytest.fixture
def key(session, omar):
    """The key of Omar's second factor, which is in force since a minute."""
    second_factor.begin(session, omar.id, KEYS)
    session.flush()
    factor = second_factor.find(session, omar.id)
    key = totp.decrypted(factor.secret, KEYS)
    before = NOW - 2 * STEP
    assert second_factor.confirm(session, factor, entered(code_at(key, before), before))
    session.commit()
    return key


@pytest.mark.parametrize(
    ("off", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_right_one_step_around_now(off, is_right):
    key = totp.new_key()

    step = totp.matching_step(key, code_at(key, NOW + off * STEP), 0, NOW)

    assert step == (int(NOW.timestamp()) // 30 + off if is_right else None)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\ud800", "0" * 70_000]
)
def test_what_is_no_code_is_wrong(code):
    assert totp.matching_step(totp.new_key(), code, 0, NOW) is None


def test_a_key_is_stored_encrypted_and_read_by_a_former_secret_key():
    key = totp.new_key()
    stored = totp.encrypted(key, KEYS)

    assert key not in stored
    assert len(stored) <= 255
    assert totp.decrypted(stored, ("another secret key", *KEYS)) == key
    assert totp.decrypted(stored, ("another secret key",)) is None
    assert not totp.is_current(stored, ("another secret key", *KEYS))


def test_a_code_works_once_and_no_earlier_one_after_it(session, omar, key):
    later = NOW + STEP
    spaced = f" {code_at(key)[:3]} {code_at(key)[3:]} "

    assert second_factor.use(session, omar.id, entered(spaced))
    assert not second_factor.use(session, omar.id, entered(code_at(key)))
    assert not second_factor.use(session, omar.id, entered(code_at(key, NOW - STEP)))
    # A clock that is set back makes no code right that was used.
    assert not second_factor.use(session, omar.id, entered(code_at(key), NOW - STEP))
    assert second_factor.use(session, omar.id, entered(code_at(key, later), later))


def test_use_encrypts_the_key_by_the_new_secret_key(session, omar, key):
    new = ("the key of tomorrow, of 32 bytes or more",)
    assert second_factor.unreadable(session, new) == [omar.id]

    assert second_factor.use(session, omar.id, entered(code_at(key), keys=new + KEYS))

    session.expire_all()
    assert second_factor.unreadable(session, new) == []


def test_a_recovery_code_works_once_for_its_owner_and_only_digests_are_stored(
    session, omar, vera, key
):
    codes = second_factor.renew_codes(session, omar.id)
    session.flush()
    assert len(set(codes)) == 10
    stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.replace("-", "") for code in codes} & set(stored)

    assert not second_factor.use(session, vera.id, entered(codes[0]))
    used = second_factor.use(session, omar.id, entered(codes[0].replace("-", " ")))
    assert used.recovery_codes_left == 9
    assert not second_factor.use(session, omar.id, entered(codes[0]))
    second_factor.renew_codes(session, omar.id)
    assert not second_factor.use(session, omar.id, entered(codes[1]))


def test_a_factor_that_was_not_confirmed_does_not_count(session, omar):
    second_factor.begin(session, omar.id, KEYS)
    session.flush()
    key = totp.decrypted(second_factor.find(session, omar.id).secret, KEYS)

    assert not second_factor.is_set(session, omar.id)
    assert not second_factor.use(session, omar.id, entered(code_at(key)))


@pytest.fixture(params=["of the app", "recovery"])
def code(request, session, omar, key):
    """A code of Omar that is right."""
    is_recovery = request.param == "recovery"
    text = second_factor.renew_codes(session, omar.id)[0] if is_recovery else code_at(key)
    session.commit()
    return entered(text)


@pytest.fixture
def own_session(app):
    """Opens a session on a connection of its own."""
    engine = app.extensions["sqlalchemy"].engine

    @contextmanager
    def own_session():
        with engine.connect() as connection, Session(connection) as own:
            # As units of work do it: on SQLite a transaction writes from its beginning.
            connection.execution_options(write=True)
            yield own

    return own_session


def test_of_twenty_that_send_the_same_code_one_succeeds(session, omar, code, own_session):
    def use(_number):
        with own_session() as own:
            used = second_factor.use(own, omar.id, code)
            own.commit()
            return used is not None

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(use, range(20))) == 1
    left = select(func.count()).select_from(SecondFactor).where(SecondFactor.last_step > 0)
    assert session.scalar(left) == 1


def test_a_code_that_somebody_is_using_is_used_when_they_commit(omar, code, own_session):
    def use():
        with own_session() as own:
            return second_factor.use(own, omar.id, code)

    with own_session() as first, ThreadPoolExecutor(1) as pool:
        assert second_factor.use(first, omar.id, code)
        second = pool.submit(use)
        # It finds the code unused, and waits for the row.
        time.sleep(0.5)
        first.commit()

        assert second.result(20) is None
