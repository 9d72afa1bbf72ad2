"""The page of a delivery."""

from app.domain import webhooks
from app.models import WebhookDelivery
from tests.support.contents import events
from tests.support.people import OPERATOR


def test_it_shows_message_and_answer_and_sends_again(sign_in, ada, webhook, session):
    [row] = session.query(WebhookDelivery).all()
    row.state, row.status, row.answer, row.attempts = "failed", 500, "<b>broken</b>", 10
    session.commit()
    path = f"/webhooks/{webhook.id}/delivery/{row.id}"

    page = sign_in(ada).get(path)

    assert "webhook.test" in page.text
    assert "&lt;b&gt;broken" in page.html
    refused = page.submit(to=path, reason="x" * 501)
    assert (refused.status_code, refused.value("reason")) == (422, "x" * 501)
    assert 'aria-describedby="reason-error' in refused.html
    assert page.submit(to=path, reason="It is up again.").location == path
    session.refresh(row)
    assert (row.state, row.attempts) == ("pending", 0)
    assert events(session)[-1].reason == "It is up again."
    new = webhooks.WebhookEdit("other", "https://receiver.example/", webhooks.SUBJECTS)
    other, _ = webhooks.create(session, new, actor=OPERATOR)
    session.commit()
    for webhook_id in (other.id, 999):
        assert sign_in(ada).get(f"/webhooks/{webhook_id}/delivery/{row.id}").status_code == 404
