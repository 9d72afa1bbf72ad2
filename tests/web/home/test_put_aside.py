"""Putting a warning of the overview aside, for thirty days and with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain import overview
from app.domain.overview import Topic
from app.models import AuditEvent, Webhook
from app.models.base import utcnow

URL = "/attention/users/put-aside"
TITLE = "1 active user has no role"


@pytest.fixture
def operator(sign_in, ada, omar):
    """An administrator, beside somebody without a role."""
    return sign_in(ada)


@pytest.fixture
def put_aside(operator):
    """The finding about users without a role is put aside."""
    return operator.get(URL).submit(to=URL, reason="Omar reads documents only")


def _attention(session, after=timedelta()):
    now = utcnow() + after
    facts = overview.facts(session, lambda _: True)
    return overview.divide(session, overview.findings(facts, now=now), now=now)


def _topics(findings):
    return {finding.topic for finding in findings}


def test_a_warning_is_put_aside_with_a_reason(operator, put_aside, session):
    assert put_aside.location == "/"
    page = operator.get("/")

    assert "The finding was put aside for 30 days." in page.text
    assert "1 put aside" in page.text
    assert "Omar reads documents only" in page.text
    assert f"Put aside: {TITLE}" not in page.html
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.target_name) == ("finding:put-aside", TITLE)
    assert f"ada put aside: {TITLE}" in operator.get("/audit").text


def test_it_comes_back_when_it_is_about_more(put_aside, session, person):
    assert Topic.WITHOUT_ROLE not in _topics(_attention(session).warnings)
    person("nora")

    assert Topic.WITHOUT_ROLE in _topics(_attention(session).warnings)


def test_it_comes_back_after_thirty_days(put_aside, session):
    def is_shown(**time):
        return Topic.WITHOUT_ROLE in _topics(_attention(session, timedelta(**time)).warnings)

    assert not is_shown(days=29, hours=23)
    assert is_shown(days=30, seconds=1)


def test_it_takes_a_reason(operator, session):
    page = operator.get(URL).submit(to=URL, reason=" ")

    assert page.status_code == 422
    assert "Enter a reason: others will not see this finding." in page.text
    assert _attention(session).put_aside == []


@pytest.mark.parametrize("topic", ["permissions", "debug", "none"])
def test_what_is_good_to_know_or_not_found_cannot_be_put_aside(operator, topic):
    assert operator.get(f"/attention/{topic}/put-aside").status_code == 404


def test_a_webhook_that_was_stopped_is_shown_and_put_aside(sign_in, ada, session):
    columns = {"url": "https://a.example/", "subjects": "role", "secret": "", "position": 0}
    webhook = Webhook(name="cache", **columns, is_active=False, stopped_because="It is gone.")
    session.add(webhook)
    session.commit()
    browser, url = sign_in(ada), "/attention/webhooks-stopped/put-aside"

    page = browser.get("/")
    assert page.link("1 webhook was stopped") == f"/webhooks/{webhook.id}"
    browser.get(url).submit(to=url, reason="The cache moves next week")

    page = browser.get("/")
    assert "The cache moves next week" in page.text
    assert f'href="{url}"' not in page.html
