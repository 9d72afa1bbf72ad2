"""A webhook that pages show, with a test message."""

import pytest

from app.domain import webhooks
from app.domain.webhooks import SUBJECTS, WebhookEdit
from tests.support.people import acting


@pytest.fixture
def webhook(session, ada):
    made, _ = webhooks.create(
        session, WebhookEdit("listener", "https://receiver.example/", SUBJECTS), actor=acting(ada)
    )
    webhooks.send_test(session, made.id, None, actor=acting(ada))
    session.commit()
    return made
