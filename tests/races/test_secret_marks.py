"""A setting is marked as a secret while somebody saves a value of it, who waits for the mark."""

import threading
from functools import partial

import pytest
from sqlalchemy import select

from app.domain import settings, transfer
from app.domain.settings import SecretKeys
from app.domain.transfer import ImportEdit, TransferFile
from app.domain.transfer.transfer_file import SettingEntry
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent
from app.unit_of_work import begin_writing, carry_out
from tests.support.people import OPERATOR

CANARY = "canary-4711-in-a-secret"
KEY = "sounds_harmless"


@pytest.fixture
def setting_id(session):
    """A setting that becomes a secret."""
    engine = session.get_bind()
    engine.update_execution_options(**{settings.KEYS: SecretKeys(bytes(32))})
    session.add(setting := ApplicationSetting(key=KEY, value="plain"))
    session.commit()
    yield setting.id
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


def mark_while(app, session, setting_id, change):
    """Mark the setting while somebody changes it, who waits for the mark."""

    def save():
        with app.app_context():
            carry_out(partial(change, db.session, actor=OPERATOR), actor=OPERATOR)

    begin_writing()
    settings.mark_secret(session, setting_id, is_secret=True, actor=OPERATOR)
    waiting = threading.Thread(target=save)
    waiting.start()
    waiting.join(0.5)
    session.commit()
    waiting.join()
    session.expire_all()


@pytest.mark.only_on("postgresql", "mysql")
def test_who_waits_for_a_mark_saves_a_secret(app, session, setting_id):
    def overwrite(session, *, actor):
        settings.overwrite(session, setting_id, CANARY, "", actor=actor)

    mark_while(app, session, setting_id, overwrite)

    assert settings.get(session, setting_id).value.startswith("v1:")
    assert CANARY not in str([event.after for event in session.scalars(select(AuditEvent))])


@pytest.mark.only_on("postgresql", "mysql")
def test_an_import_that_waits_for_a_mark_brings_no_secret(app, session, setting_id):
    file = TransferFile(settings=[SettingEntry(KEY, CANARY, has_value=True)])

    def bring(session, *, actor):
        transfer.import_file(session, ImportEdit(file), actor=actor)

    mark_while(app, session, setting_id, bring)

    assert settings.get(session, setting_id).value == "plain"
    assert CANARY not in str([event.after for event in session.scalars(select(AuditEvent))])
