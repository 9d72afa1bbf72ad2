"""The key of secrets is rotated by command, whatever is wrong with one of them."""

import pytest
from sqlalchemy import delete

from app import unit_of_work
from app.domain import settings
from app.domain.settings import SecretKeys
from app.models import ApplicationSetting

OLD, NEW = bytes(32), bytes(range(32))


@pytest.fixture
def stored(session):
    """Stores secrets as other programs do, and tells what the console reads of them afterwards."""
    engine = session.get_bind()
    before = engine.get_execution_options()[settings.KEYS]
    engine.update_execution_options(**{settings.KEYS: SecretKeys(NEW, (OLD,))})

    def stored(**values):
        session.add_all(ApplicationSetting(key=key, value=value) for key, value in values.items())
        session.commit()
        return lambda key: SecretKeys(NEW).decrypted(settings.by_key(session, key).value)

    yield stored
    engine.update_execution_options(**{settings.KEYS: before})


def by_former_key(text):
    return SecretKeys(OLD).encrypted(text)


def test_without_a_key_nothing_is_encrypted(flask, stored, session):
    stored(a_password="short")
    session.get_bind().update_execution_options(**{settings.KEYS: SecretKeys(None)})

    done = flask("settings", "rotate-key", "--in-clear")

    assert (done.code, done.out) == (2, "")
    assert "MASTER_ENCRYPTION_KEY is not set, nor SETTINGS_ENCRYPTION_KEY." in done.err


def test_a_secret_that_no_key_decrypts_is_told(flask, stored):
    stored(a_password=SecretKeys(bytes(range(1, 33))).encrypted("lost"))

    done = flask("settings", "rotate-key")

    assert done.code == 1
    assert "No key decrypts a_password. Nothing was changed there." in done.err


def test_a_secret_that_is_too_long_keeps_no_other_from_being_encrypted(flask, stored):
    read = stored(a_password="x" * 60_000, b_password="short", c_password=by_former_key("old"))

    done = flask("settings", "rotate-key", "--in-clear")

    assert done.code == 1
    assert "Encrypted 2 secrets." in done.err
    assert "Too long to be encrypted: a_password." in done.err
    assert (read("b_password"), read("c_password")) == ("short", "old")


def test_a_secret_that_is_deleted_meanwhile_keeps_no_other_from_it(
    flask, stored, session, monkeypatch
):
    read = stored(a_password=by_former_key("one"), b_password=by_former_key("two"))
    begin, engine = unit_of_work.begin_writing, session.get_bind().engine

    def begin_late(*arguments):
        with engine.begin() as other:
            gone = ApplicationSetting.key == "a_password"
            other.execute(delete(ApplicationSetting).where(gone))
        begin(*arguments)

    monkeypatch.setattr(unit_of_work, "begin_writing", begin_late)

    done = flask("settings", "rotate-key")

    assert (done.code, "Encrypted 1 secret." in done.err) == (0, True)
    assert read("b_password") == "two"


def test_the_doctor_names_the_secrets_by_how_they_are_stored(flask, stored):
    stored(a_password="short", b_password="long", c_password=by_former_key("old"))

    found = [line for line in flask("doctor").out.splitlines() if "secrets-" in line]

    in_clear, former = found
    assert "secrets-in-clear: 2 secrets are stored in clear. Anyone who can read" in in_clear
    assert "can read a_password and b_password. Enter new values, or run: " in in_clear
    assert "secrets-former-key: 1 secret is encrypted with a former key. This con" in former
