"""The page that replaces the key of a webhook."""

import re

from app.domain.webhooks import keys


def test_the_former_key_signs_too_for_a_day(sign_in, ada, webhook, session):
    [former] = keys.keys_of(session, webhook)
    session.commit()

    page = sign_in(ada).submit(f"/webhooks/{webhook.id}/key", reason="Leaked.")

    session.refresh(webhook)
    [new] = set(re.findall(r"whsec_[\w+/=]+", page.html))
    assert keys.keys_of(session, webhook) == [new, former]
