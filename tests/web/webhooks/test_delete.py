"""The page that deletes a webhook."""

from app.models import Webhook, WebhookDelivery


def test_it_is_deleted_with_its_deliveries_after_its_name_was_entered(
    sign_in, ada, webhook, session
):
    path = f"/webhooks/{webhook.id}/delete"
    assert sign_in(ada).submit(path, name="other").status_code == 422

    assert sign_in(ada).submit(path, name="listener").location == "/webhooks"
    assert session.query(Webhook).count() == session.query(WebhookDelivery).count() == 0
