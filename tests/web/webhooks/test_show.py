"""The page of a webhook."""

from app.models.base import utcnow
from tests.support.contents import recorded


def test_it_is_changed_there_and_the_change_is_recorded(sign_in, ada, webhook, session):
    path = f"/webhooks/{webhook.id}"
    page = sign_in(ada).submit(path, "webhook-form", url="https://other.example/", reason="Moved.")

    assert page.location == path
    assert webhook.url == "https://other.example/"
    event = recorded(session)[0]
    assert (event.action, event.reason) == ("webhook:changed", "Moved.")


def test_a_change_of_somebody_else_is_not_overwritten_unseen(sign_in, ada, webhook, session):
    page = sign_in(ada).get(f"/webhooks/{webhook.id}")
    webhook.name = "renamed"
    session.commit()

    conflict = page.submit("webhook-form", url="https://other.example/")

    assert conflict.status_code == 409
    assert conflict.value("url") == "https://other.example/"
    assert webhook.url == "https://receiver.example/"
    conflict.submit("webhook-form")
    assert webhook.url == "https://other.example/"


def test_it_lists_deliveries_and_says_why_it_was_stopped(sign_in, ada, webhook, session):
    webhook.stopped_because = "The receiver answered 410: it is gone."
    session.commit()

    page = sign_in(ada).get(f"/webhooks/{webhook.id}")

    assert "The receiver answered 410" in page.text
    assert page.link("webhook.test").startswith(f"/webhooks/{webhook.id}/delivery/")


def test_who_may_only_look_sees_no_form(sign_in, person, webhook):
    nora = person("nora", permissions=["audit:read"])

    page = sign_in(nora).get(f"/webhooks/{webhook.id}")

    assert "You can look, but not change anything here" in page.text
    assert "Send a test message" not in page.text


def test_a_webhook_that_fails_says_since_when(sign_in, ada, webhook, session):
    webhook.failing_since = utcnow()
    session.commit()

    page = sign_in(ada).get(f"/webhooks/{webhook.id}")

    assert "Messages are not accepted" in page.text
    assert "after five days without success the webhook is stopped" in page.text


def test_a_webhook_that_was_stopped_says_how_it_goes_on(sign_in, ada, webhook, session):
    webhook.is_active, webhook.stopped_because = False, "The receiver answered 410: it is gone."
    session.commit()

    page = sign_in(ada).get(f"/webhooks/{webhook.id}")

    assert "The receiver answered 410: it is gone. Once the receiver works again" in page.text
    assert "Messages are not accepted" not in page.text
