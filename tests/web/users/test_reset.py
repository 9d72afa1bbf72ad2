"""The page that resets a password."""

import re
from urllib.parse import urlsplit

from tests.support.contents import events


def test_a_reset_ends_with_a_link_that_is_shown_once(sign_in, session, ada, vera, visitor):
    page = sign_in(ada).get(f"/users/{vera.id}/reset")
    assert "The current password works until they choose a new one" in page.text

    done = page.submit(reason="Forgotten.")

    assert done.status_code == 201
    link = re.search(r'value="(https?://[^"]+/reset/[^"]+)"', done.html)[1]
    assert visitor.get(urlsplit(link).path).status_code == 200
    assert [event.action for event in events(session)] == ["password:reset-started"]
