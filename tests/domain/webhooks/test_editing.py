"""Webhooks: what is refused when they are added, changed and used."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from app.domain import webhooks
from app.domain.errors import InvalidValue
from app.domain.webhooks import NoSecretKey, WebhookEdit
from app.models import Webhook, WebhookDelivery
from tests.support.people import OPERATOR

pytestmark = pytest.mark.only_on("sqlite")
EDIT = WebhookEdit("listener", "https://receiver.example/", webhooks.SUBJECTS)


def create(session, edit=EDIT):
    return webhooks.create(session, edit, actor=OPERATOR)[0]


@pytest.mark.parametrize("subjects", [(), ("poem",)])
def test_what_a_receiver_is_told_of_has_to_be_chosen(session, subjects):
    with pytest.raises(InvalidValue) as refused:
        create(session, replace(EDIT, subjects=subjects))

    assert refused.value.field == "subjects"


def test_there_are_twenty_at_most(session):
    webhook = create(session)
    names = ("name", "url", "subjects", "is_active", "secret", "position")
    columns = {name: getattr(webhook, name) for name in names}
    session.execute(insert(Webhook), [columns] * 19)

    with pytest.raises(InvalidValue, match="There are 20 webhooks"):
        create(session)


def test_nothing_is_sent_again_while_it_is_not_active(session):
    webhook = create(session)
    webhooks.send_test(session, webhook.id, None, actor=OPERATOR)
    webhook.is_active = False
    session.flush()

    sent = session.scalars(select(WebhookDelivery.id)).one()
    with pytest.raises(InvalidValue, match="Activate the webhook first"):
        webhooks.again(session, sent, None, actor=OPERATOR)


def test_without_a_secret_key_there_are_none(session):
    engine = session.get_bind()
    options = engine.get_execution_options()
    keys = options[webhooks.KEYS]
    engine.update_execution_options(**{webhooks.KEYS: ()})
    try:
        with pytest.raises(NoSecretKey):
            create(session)
    finally:
        engine.update_execution_options(**{webhooks.KEYS: keys})
