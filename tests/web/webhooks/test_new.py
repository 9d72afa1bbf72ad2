"""The page that adds a webhook."""

import re

from app.models import Webhook
from tests.support.contents import recorded


def test_its_key_is_shown_once_and_stored_encrypted(sign_in, ada, session):
    page = sign_in(ada).submit("/webhooks/new", name="ci", url="https://ci.example/hook")

    [webhook] = session.query(Webhook).all()
    assert page.status_code == 201
    [key] = set(re.findall(r"whsec_[\w+/=]+", page.html))
    assert key not in webhook.secret
    assert webhook.subjects == "setting,role,user"
    assert "whsec_" not in sign_in(ada).get(f"/webhooks/{webhook.id}").html
    assert recorded(session)[0].action == "webhook:created"
    assert "whsec_" not in recorded(session)[0].after


def test_a_mistake_is_told_beside_its_field(sign_in, ada, session):
    page = sign_in(ada).submit("/webhooks/new", name="", url="https://u:pw@ci.example/")

    assert page.status_code == 422
    assert "Enter a name" in page.text
    assert "Leave out the user name and the password" in page.text
    assert session.query(Webhook).count() == 0
