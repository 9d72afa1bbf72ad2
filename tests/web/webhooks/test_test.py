"""The page that tries a webhook."""

from app.models import WebhookDelivery
from tests.support.contents import events


def test_it_puts_a_message_into_the_outbox(sign_in, ada, webhook, session):
    shown = sign_in(ada).get(f"/webhooks/{webhook.id}")
    page = shown.browser.get(shown.link("Send a test message…"))

    done = page.submit(to=page.path, reason="Before the update.").follow()

    assert "The test message is sent by the next delivery." in done.text
    assert session.query(WebhookDelivery).count() == 2
    event = events(session)[-1]
    assert (event.action, event.reason) == ("webhook:tested", "Before the update.")


def test_a_reason_that_is_too_long_sends_nothing(sign_in, ada, webhook, session):
    path = f"/webhooks/{webhook.id}/test"

    page = sign_in(ada).submit(path, to=path, reason="x" * 501)

    assert (page.status_code, page.value("reason")) == (422, "x" * 501)
    assert 'aria-describedby="reason-error' in page.html
    assert session.query(WebhookDelivery).count() == 1


def test_nothing_is_sent_to_an_inactive_webhook(sign_in, ada, webhook, session):
    page = sign_in(ada).get(f"/webhooks/{webhook.id}/test")
    webhook.is_active = False
    session.commit()

    refused = page.submit(to=page.path)

    assert refused.status_code == 422
    assert "Activate the webhook first" in refused.text
    again = page.browser.get(page.path)
    assert "The webhook is not active" in again.text
    assert session.query(WebhookDelivery).count() == 1
