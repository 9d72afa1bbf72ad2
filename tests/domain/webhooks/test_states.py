"""States of webhooks, as the overview, the doctor and the metrics tell them."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from app.domain import settings, webhooks
from app.domain.settings import SettingEdit
from app.domain.webhooks import WebhookEdit
from app.domain.webhooks.deliveries import ReceiverAnswer
from app.domain.webhooks.states import TROUBLED
from app.models import AuditEvent, Webhook, WebhookDelivery
from app.models.base import utcnow
from tests.support.past_settings import take_start
from tests.support.people import acting

SOON = timedelta(seconds=1)


def change_size(session, ada, value):
    setting = settings.by_key(session, "chunk_size")
    edit = SettingEdit(value, settings.etag_of(setting))
    settings.change(session, setting.id, edit, actor=acting(ada))
    session.commit()


def answer(session, ada, webhook, status):
    """Sends a test message, which the receiver answers."""
    webhooks.send_test(session, webhook.id, None, actor=acting(ada))
    session.commit()
    number = session.scalar(select(func.max(WebhookDelivery.id)))
    claimed = webhooks.claim(session, number)
    webhooks.conclude(session, claimed, ReceiverAnswer(status, ""), actor=acting(ada))
    session.commit()


def states(session):
    session.rollback()
    return webhooks.read_states(session)


def test_without_webhooks_there_is_nothing_to_tell(session, ada):
    change_size(session, ada, "641")

    assert states(session) == webhooks.WebhookStates()


def test_a_receiver_that_is_gone_is_stopped_until_it_is_activated_again(session, ada, add_webhook):
    webhook, _ = add_webhook("https://receiver.example/")
    answer(session, ada, webhook, 410)

    [stopped] = states(session).stopped
    assert stopped.stopped_because == "The receiver answered 410: it is gone."
    assert states(session).failing(utcnow() + timedelta(days=1)) == []

    found = webhooks.get(session, webhook.id)
    edit = WebhookEdit("listener", found.url, ["setting"], etag=webhooks.etag_of(found))
    webhooks.change(session, webhook.id, edit, actor=acting(ada))
    session.commit()
    assert states(session).stopped == []


def test_a_receiver_is_failing_after_a_quarter_of_an_hour(session, ada, add_webhook):
    webhook, _ = add_webhook("https://receiver.example/")
    answer(session, ada, webhook, 500)
    since = states(session).webhooks[0].failing_since

    assert states(session).failing(since + TROUBLED - SOON) == []
    assert [one.name for one in states(session).failing(since + TROUBLED)] == ["listener"]
    answer(session, ada, webhook, 204)
    assert states(session).failing(since + TROUBLED) == []


def test_a_webhook_that_somebody_deactivated_is_no_trouble(session, ada, add_webhook):
    webhook, _ = add_webhook("https://receiver.example/")
    answer(session, ada, webhook, 500)
    found = webhooks.get(session, webhook.id)
    edit = WebhookEdit(
        "listener", found.url, ["setting"], is_active=False, etag=webhooks.etag_of(found)
    )
    webhooks.change(session, webhook.id, edit, actor=acting(ada))
    session.commit()
    change_size(session, ada, "642")

    later = utcnow() + timedelta(days=1)
    found = states(session)
    assert (found.stopped, found.failing(later), found.is_undelivered(later)) == ([], [], False)


def test_events_of_which_nobody_makes_messages_are_noticed(session, ada, add_webhook):
    add_webhook("https://receiver.example/")
    take_start(session)
    webhooks.fill(session)
    session.commit()
    assert not states(session).is_undelivered(utcnow() + timedelta(days=1))
    change_size(session, ada, "643")
    at = session.scalar(select(AuditEvent.at).where(AuditEvent.action == "setting:changed"))

    assert states(session).unread_since == at
    assert not states(session).is_undelivered(at + TROUBLED - SOON)
    assert states(session).is_undelivered(at + TROUBLED)


def test_messages_that_nobody_sends_are_noticed(session, ada, add_webhook):
    add_webhook("https://receiver.example/")
    change_size(session, ada, "644")
    webhooks.fill(session)
    session.commit()
    due_at = session.scalar(select(WebhookDelivery.due_at))

    assert states(session).unread_since is None
    assert states(session).is_undelivered(due_at + TROUBLED)
    session.execute(delete(WebhookDelivery))
    session.commit()
    assert not states(session).is_undelivered(due_at + TROUBLED)


def test_the_numbers_tell_what_waits_and_what_came_of_the_last_hour(session, ada, add_webhook):
    webhook, _ = add_webhook("https://receiver.example/")
    answer(session, ada, webhook, 204)
    answer(session, ada, webhook, 204)
    answer(session, ada, webhook, 500)
    now = utcnow()

    found = webhooks.read_figures(session, now)
    assert (found.waiting, found.delivered, found.failed) == (1, 2, 0)
    assert found.waiting_since <= now

    session.execute(update(Webhook).values(is_active=False))
    found = webhooks.read_figures(session, now + timedelta(hours=2))
    assert found == webhooks.DeliveryFigures()


def test_the_states_and_numbers_take_three_statements(session, ada, add_webhook, statements):
    for _ in range(3):
        add_webhook("https://receiver.example/")
    change_size(session, ada, "645")
    webhooks.fill(session)
    session.commit()

    with statements.at_most(3):
        webhooks.read_states(session)
        webhooks.read_figures(session, utcnow())
