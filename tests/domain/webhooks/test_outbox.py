"""The outbox: what is committed is told once, what is rolled back never."""

import json
import threading

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import settings, users, webhooks
from app.domain.confirmation import UNREVIEWED
from app.domain.settings import SettingEdit
from app.domain.webhooks import WebhookEdit
from app.models import WebhookDelivery
from tests.support.people import acting


def deliveries(session):
    session.rollback()
    return session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()


def change_size(session, ada, value):
    setting = settings.by_key(session, "chunk_size")
    edit = SettingEdit(value, settings.etag_of(setting), "Shorter passages.")
    settings.change(session, setting.id, edit, actor=acting(ada))


def test_what_is_committed_is_told_once_and_names_no_value(session, ada, add_webhook):
    add_webhook("https://receiver.example/")
    change_size(session, ada, "613")
    session.rollback()
    change_size(session, ada, "614")
    session.commit()

    assert webhooks.fill(session) > 0
    session.commit()
    assert webhooks.fill(session) == 0

    [told] = deliveries(session)
    message = json.loads(told.payload)
    assert (told.type, message["type"]) == ("setting.changed", "setting.changed")
    assert message["data"]["reason"] == "Shorter passages."
    assert message["data"]["actor"]["name"] == "ada"
    assert [change["name"] for change in message["data"]["changes"]] == ["chunk_size"]
    assert "614" not in told.payload.replace(message["timestamp"], "")


def test_a_webhook_is_told_of_its_subjects_alone_and_of_nothing_before_it(
    session, ada, vera, add_webhook
):
    change_size(session, ada, "615")
    session.commit()
    add_webhook("https://receiver.example/", "user")
    change_size(session, ada, "616")
    users.deactivate(session, vera.id, UNREVIEWED, actor=acting(ada))
    session.commit()

    webhooks.fill(session)
    session.commit()

    assert [told.type for told in deliveries(session)] == ["user.deactivated"]


def test_one_that_is_activated_again_is_not_told_of_what_it_missed(session, ada, add_webhook):
    webhook, _ = add_webhook("https://receiver.example/")

    def switch(*, on):
        edit = WebhookEdit("listener", webhook.url, ["setting"], on, webhooks.etag_of(webhook))
        webhooks.change(session, webhook.id, edit, actor=acting(ada))
        session.commit()

    switch(on=False)
    change_size(session, ada, "617")
    session.commit()
    assert webhooks.fill(session) == 0
    switch(on=True)
    webhooks.fill(session)
    session.commit()

    assert deliveries(session) == []


def test_two_processes_make_each_message_once(session, ada, app, add_webhook):
    add_webhook("https://receiver.example/")
    for value in range(700, 705):
        change_size(session, ada, str(value))
        session.commit()
    engine, barrier = session.get_bind(), threading.Barrier(2)
    session.rollback()

    def fill():
        with Session(engine) as own:
            barrier.wait(10)
            own.connection(execution_options={"write": True})
            webhooks.fill(own)
            own.commit()

    threads = [threading.Thread(target=fill) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(deliveries(session)) == 5
