"""The button that tries a webhook."""

from app.models import WebhookDelivery


def test_it_puts_a_message_into_the_outbox(sign_in, ada, webhook, session):
    page = sign_in(ada).get(f"/webhooks/{webhook.id}")

    page.submit(to=f"/webhooks/{webhook.id}/test")
    webhook.is_active = False
    session.commit()
    refused = page.submit(to=f"/webhooks/{webhook.id}/test").follow()

    assert session.query(WebhookDelivery).count() == 2
    assert "Activate the webhook first" in refused.text
