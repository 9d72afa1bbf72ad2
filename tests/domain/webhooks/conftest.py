"""A webhook, and a receiver of its messages on this machine."""

from collections.abc import Callable, Iterator

import pytest

from app.domain import webhooks
from app.domain.webhooks import WebhookEdit
from app.models import Webhook
from tests.support.people import acting
from tests.support.receivers import Receiver, listening


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def add_webhook(session, ada) -> Callable[..., tuple[Webhook, str]]:
    """Adds a webhook of Ada: ``add_webhook(url, "role")``."""

    def add(url: str, *subjects: str) -> tuple[Webhook, str]:
        edit = WebhookEdit("listener", url, subjects or webhooks.SUBJECTS)
        made = webhooks.create(session, edit, actor=acting(ada))
        session.commit()
        return made

    return add
