"""The page of an event: what changed, who could, and the rest of the save."""

from datetime import UTC, datetime

import pytest

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.audit import Change
from app.domain.target import Target
from app.models import AuditEvent
from tests.support.assigning import set_roles
from tests.support.contents import recorded
from tests.support.cookies import cookie
from tests.support.people import OPERATOR

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def open_event(sign_in, person, session):
    """Opens the page of an event, by default the newest, as an auditor."""
    nora = person("nora", permissions=["audit:read"])

    def open_event(event_id=None, zone="UTC"):
        browser = sign_in(nora)
        browser.client.set_cookie(cookie("zone"), zone)
        return browser.get(f"/audit/{event_id or recorded(session)[0].id}")

    return open_event


@pytest.fixture
def save(session, ada):
    """Saves changes of Ada: ``save(("chunk_size", before, after), ...)``."""

    def save(*changes, action="setting:changed", reason=""):
        events = [
            (Target("setting", key, 999), Change(action, before, after))
            for key, before, after in changes
        ]
        actor = Actor(ActorKind.PERSON, "ada", ada.id, address="10.0.0.9")
        audit.record_save(session, events, actor=actor, reason=reason)
        session.commit()

    return save


def test_it_has_the_difference_the_reason_and_the_address(open_event, save):
    save(("chunk_size", {"value": "1000"}, {"value": "600"}), reason="Shorter passages.")

    text = open_event().text
    assert "Value from 1000 to 600" in text
    assert "Shorter passages." in text
    assert "10.0.0.9" in text


def test_it_says_by_which_role_the_actor_could_then(open_event, save, session, ada, person):
    person("otto", roles=["admin"])
    save(("chunk_size", {"value": "1000"}, {"value": "600"}))
    event = recorded(session)[0]
    came = "settings:update, which came from the role admin at the time"
    assert came in open_event().text

    set_roles(session, ada, "viewer", by=OPERATOR)
    assert came in open_event(event.id).text

    session.delete(ada)
    session.commit()
    assert "settings:update, but this user no longer exists" in open_event(event.id).text


def test_it_has_the_exact_time(open_event, session):
    at = datetime(2026, 11, 22, 23, 5, 9, 42, tzinfo=UTC)
    fields = {"actor_kind": "command", "actor_name": "os:root", "action": "setting:changed"}
    session.add(AuditEvent(at=at, target_type="setting", target_name="a", **fields))
    session.commit()

    page = open_event(zone="Asia/Kolkata")
    assert "Time 23 Nov 2026, 04:35:09" in page.text
    assert 'title="22 Nov 2026, 23:05:09.000042 UTC"' in page.html


def test_it_links_to_the_other_events_of_the_save(open_event, save):
    save(("a", {"value": "1"}, {"value": "2"}), ("b", {"value": "3"}, {"value": "4"}))

    page = open_event()

    assert "Changed a from 1 to 2" in page.text
    assert page.link("Changed a").startswith("/audit/")


def test_a_secret_is_not_shown(open_event, save):
    save(("llm_api_key", {"value": "hunter2"}, {"value": "hunter3"}))

    assert "hunter" not in open_event().text


def test_an_event_that_another_program_wrote_is_shown(open_event, save):
    save(("x", {"odd": [1, {"y": None}], "flag": True}, {"flag": False}), action="moon:landed")

    assert "moon:landed" in open_event().text
