"""Secrets: the backend's format both ways, keys, marks, and what is recorded."""

import base64
import json
import re

import pytest
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, update

from app.domain import settings
from app.domain.actor import Actor, ActorKind
from app.domain.errors import InvalidValue, NotFound
from app.domain.settings import (
    NewSetting,
    SecretKeys,
    SecretState,
    SettingEdit,
    WouldReveal,
    editing,
    secrets,
)
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent, SettingRule

ADA = Actor(ActorKind.PERSON, "ada", 1)
KEY, OTHER = bytes(range(32)), bytes(32)
CANARY = "canary-4711-in-a-secret"


def backend_fernet(key=KEY):
    """Return what the backend makes of the key, by its published recipe alone."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"settings:v1").derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))


def by_backend(text, key=KEY):
    return "v1:" + backend_fernet(key).encrypt(text.encode()).decode() if text else text


@pytest.fixture
def keyed(session):
    """Gives the console a key, and former ones: ``keyed(KEY, OTHER)``."""
    engine = session.get_bind()

    def keyed(current=KEY, *former):
        engine.update_execution_options(**{settings.KEYS: SecretKeys(current, former)})

    keyed()
    yield keyed
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


@pytest.fixture
def make(session):
    """Adds a setting as another program does: ``make("x_api_key", "stored text")``."""

    def make(key="x_api_key", value=None, **columns):
        session.add(setting := ApplicationSetting(key=key, value=value, **columns))
        session.commit()
        return setting

    return make


def change(session, setting, text):
    edit = SettingEdit(text, settings.etag_of(setting))
    event = settings.change(session, setting.id, edit, actor=ADA)
    session.commit()
    return event


def test_the_backend_reads_what_the_console_wrote(session, keyed, make):
    setting = make()
    change(session, setting, CANARY)

    stored = session.scalar(select(ApplicationSetting.value).filter_by(key="x_api_key"))

    assert stored.startswith("v1:gAAAAA")
    assert backend_fernet().decrypt(stored[3:].encode()).decode() == CANARY


def test_the_console_reads_what_the_backend_wrote(session, keyed, make):
    states = [
        settings.secret_state(make(f"{number}_api_key", value))
        for number, value in enumerate(
            [by_backend(CANARY), "", None, CANARY, by_backend(CANARY, OTHER), "v1:gAAAAAbroken"]
        )
    ]

    assert states == [
        SecretState.ENCRYPTED,
        SecretState.ENCRYPTED,
        SecretState.NOT_SET,
        SecretState.IN_CLEAR,
        SecretState.UNREADABLE,
        SecretState.UNREADABLE,
    ]
    assert SecretKeys(KEY).decrypted(by_backend(CANARY)) == CANARY


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        *(("string", ""), ("string", "v1:gAAAAAx"), ("integer", CANARY)),
        # Short enough for the database, until it is encrypted.
        pytest.param("string", CANARY * 2_500, id="long"),
    ],
)
def test_a_secret_that_is_refused_is_not_repeated(session, keyed, make, data_type, text):
    setting = make(data_type=data_type)

    with pytest.raises(InvalidValue) as refusal:
        change(session, setting, text)

    assert CANARY not in str(refusal.value)
    assert refusal.value.__cause__ is None


REASONS = {
    "integer": ("x", "This is not a valid integer."),
    "long": ("é" * 32_768, "The value takes 65,536 bytes in UTF-8; at most 65,535 fit."),
    "NUL": ("first\nsec\x00ret", "at line 2, column 4, which cannot be stored. Remove it."),
    "surrogate": ("x\ud800", "at line 1, column 2, which cannot be stored. Remove it."),
    "encrypted": (CANARY * 2_500, "The value is too long to be encrypted. Shorten it."),
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("fault", REASONS)
def test_the_reason_of_a_refusal_is_told(session, keyed, make, fault):
    setting = make(data_type="integer" if fault == "integer" else "string")
    text, reason = REASONS[fault]

    with pytest.raises(InvalidValue, match=re.escape(reason)) as refusal:
        change(session, setting, text)
    with pytest.raises(InvalidValue, match=re.escape(reason)):
        settings.create(session, NewSetting("y_api_key", setting.data_type, text), actor=ADA)

    assert refusal.value.field == "secret"
    assert fault == "encrypted" or str(refusal.value).endswith(secrets.NOT_REPEATED)


def test_events_tell_only_that_a_secret_was_set(session, keyed, make):
    setting = make(value=CANARY)
    change(session, setting, f"{CANARY}-new")
    change(session, setting, None)
    settings.create(session, NewSetting("y_api_key", "string", CANARY), actor=ADA)
    session.commit()

    of_settings = select(AuditEvent).where(AuditEvent.target_type == "setting")
    events = session.scalars(of_settings.order_by(AuditEvent.id)).all()

    assert [json.loads(event.after)["is_set"] for event in events] == [True, False, True]
    assert not any(CANARY in f"{event.before}{event.after}" for event in events)
    assert not any("gAAAAA" in f"{event.before}{event.after}" for event in events)
    with pytest.raises(NotFound):
        settings.undo(session, events[0].id, actor=ADA)


def test_etags_cannot_be_guessed_from(session, keyed, make):
    etag = settings.etag_of(make(value="short"))
    keyed(OTHER)
    [line] = [line for line in settings.read_all(session) if line.key == "x_api_key"]

    assert line.etag != etag
    assert line.value is None
    keyed(KEY)
    [line] = [line for line in settings.read_all(session) if line.key == "x_api_key"]
    assert line.etag == etag


def test_a_password_in_a_value_cannot_be_guessed_from_its_etag(session, keyed, make):
    def etags():
        return settings.etag_of(setting), settings.shown_setting(setting).etag

    setting = make("plain", value="redis://:hunter2@h")
    guess = editing.digest("plain", setting.value, "string", is_mutable=True, is_secret=False)
    with_key = etags()
    setting.value = "redis://:hunter3@h"
    assert len({guess, *with_key, *etags()}) == 3

    keyed(None)
    without_key = etags()
    setting.value = "redis://:hunter2@h"
    assert without_key == etags()
    assert guess not in without_key


def test_a_mark_hides_and_its_removal_reveals_nothing(session, keyed, make):
    setting = make("plain", value=CANARY)
    change(session, setting, f"{CANARY}-new")
    mark(session, setting, is_secret=True)

    assert settings.shown_value(setting) is None
    [changed] = session.scalars(select(AuditEvent.id).filter_by(action="setting:changed"))
    with pytest.raises(NotFound):
        settings.undo(session, changed, actor=ADA)
    with pytest.raises(WouldReveal):
        settings.mark_secret(session, setting.id, is_secret=False, actor=ADA)
    session.rollback()

    change(session, setting, CANARY)
    mark(session, setting, is_secret=False)
    marks = settings.secret_marks(session)
    events = session.scalars(select(AuditEvent).filter_by(action="setting:changed")).all()

    assert settings.shown_value(setting) is None
    assert all(
        CANARY not in str(marks.shown("plain", event.id, json.loads(side)))
        for event in events
        for side in (event.before, event.after)
    )
    change(session, setting, "in clear")
    assert settings.shown_value(setting) == "in clear"


def test_a_mark_is_of_the_very_key(session, make):
    setting = make("plain", value=CANARY)
    # To MySQL it is the same key.
    session.add(SettingRule(key="plain ", unit="words"))
    session.commit()

    mark(session, setting, is_secret=True)

    assert settings.shown_value(setting) is None
    [line] = [line for line in settings.read_all(session) if line.key == "plain"]
    assert (line.value, line.is_secret) == (None, True)


def mark(session, setting, *, is_secret):
    settings.mark_secret(session, setting.id, is_secret=is_secret, actor=ADA)
    session.commit()


def test_a_key_is_rotated_row_by_row_and_read_only_ones_too(session, keyed, make):
    old = make("a_api_key", by_backend(CANARY, OTHER), is_mutable=False)
    lost = make("b_api_key", by_backend(CANARY, bytes(16)))
    clear = make("c_api_key", CANARY)
    keyed(KEY, OTHER)

    for setting_id in settings.ids_to_encrypt(session, settings.FORMER_OR_CLEAR):
        assert settings.encrypt_again(session, setting_id, settings.FORMER_OR_CLEAR, actor=ADA)
        session.commit()

    assert backend_fernet().decrypt(old.value[3:].encode()).decode() == CANARY
    assert backend_fernet().decrypt(clear.value[3:].encode()).decode() == CANARY
    with pytest.raises(InvalidToken):
        backend_fernet().decrypt(lost.value[3:].encode())
    assert not settings.encrypt_again(session, old.id, settings.FORMER_OR_CLEAR, actor=ADA)


@pytest.mark.parametrize("value", [by_backend("new"), "in clear"])
def test_what_was_replaced_meanwhile_is_not_rotated_back(session, keyed, make, value):
    setting = make(value=by_backend("old", OTHER))
    keyed(KEY, OTHER)
    [setting_id] = settings.ids_to_encrypt(session, settings.FORMER)
    session.rollback()
    with db.engine.begin() as other:
        other.execute(update(ApplicationSetting).values(value=value))

    assert not settings.encrypt_again(session, setting_id, settings.FORMER, actor=ADA)
    session.commit()
    assert setting.value == value
