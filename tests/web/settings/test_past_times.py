"""The moments of the page of past settings: exact in URLs and forms, typed in the reader's zone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from tests.support.cookies import cookie
from tests.support.settings import TOP_K, changes, path_of

PATH = "/settings/past"
LONG_AGO = "2020-01-01T00:00"
BERLIN = "Europe/Berlin"


@pytest.fixture
def berlin(sign_in, ada):
    """The browser of ada, who reads times of Berlin."""
    browser = sign_in(ada)
    browser.client.set_cookie(cookie("zone"), BERLIN)
    return browser


def as_of(review):
    return datetime.fromisoformat(review.value("as_of"))


def test_two_saves_in_one_second_are_told_apart(sign_in, ada, top, session):
    browser = sign_in(ada)
    for value in ("6", "7"):
        browser.submit(path_of(top), "edit", value=value)
    first = changes(session)[0].at

    page = browser.get(PATH, at=first.isoformat())
    review = page.submit("restore")
    assert as_of(review) == first
    review.submit("save", confirmed=1)

    assert top.value == "6"
    session.refresh(top)
    before = browser.get(PATH, at=(first - timedelta(microseconds=1)).isoformat())
    before.submit("restore").submit("save", confirmed=1)
    session.refresh(top)
    assert top.value == "5"


@pytest.mark.only_on("sqlite")
def test_the_form_of_times_keeps_the_moment_that_it_shows(berlin):
    page = berlin.get(PATH, at="2026-10-25T01:30:48.512345Z")
    assert page.value("at") == "2026-10-25T02:30:48"

    again = page.submit(to=PATH)
    assert again.value("at_exact") == "2026-10-25T01:30:48.512345Z"
    other = page.submit(to=PATH, at="2026-10-25T02:30:49")
    assert other.value("at_exact") == "2026-10-25T00:30:49Z"


@pytest.mark.only_on("sqlite")
def test_of_a_time_that_was_twice_the_first_is_taken_and_the_second_linked(berlin):
    first = berlin.get(PATH, at="2026-10-25T02:30")
    assert "02:30 was twice on that day" in first.text
    assert "This is the first time, 00:30 UTC." in first.text

    second = berlin.get(first.link("The second time, 01:30 UTC"))
    assert "This is the second time, 01:30 UTC." in second.text
    assert second.value("at_exact") == "2026-10-25T01:30:00Z"
    assert second.submit(to=PATH).value("at_exact") == "2026-10-25T01:30:00Z"
    assert "twice" not in berlin.get(PATH, at="2026-10-25T03:30").text


@pytest.mark.only_on("sqlite")
def test_a_time_that_never_was_is_told(berlin):
    page = berlin.get(PATH, at="2026-03-29T02:30")

    assert "02:30 was skipped on that day" in page.text
    assert "This is 03:30, 01:30 UTC." in page.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("carried", ["yesterday", "0001-01-01T00:00+14:00"])
def test_a_carried_moment_that_is_none_is_refused(berlin, carried):
    assert berlin.get(PATH, at=LONG_AGO, at_exact=carried).status_code == 400


@pytest.mark.only_on("sqlite")
def test_all_or_none_are_chosen_without_a_script(sign_in, ada, top, add):
    browser = sign_in(ada)
    for setting in (top, add(**TOP_K | {"key": "other"})):
        browser.submit(path_of(setting), value="6")
    page = browser.get(PATH, at=LONG_AGO)
    assert len(page.value("chosen")) == 2

    none = browser.get(page.link("Choose none"))
    assert not none.value("chosen")
    assert len(browser.get(none.link("Choose all")).value("chosen")) == 2
    review = none.submit("restore", chosen=[str(top.id)])
    assert "Review 1 change" in review.text


@pytest.mark.only_on("sqlite")
def test_a_restore_of_nothing_is_refused(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")

    answer = browser.get(PATH, at=LONG_AGO).submit("restore", chosen=[])

    assert answer.status_code == 422
    assert "Choose at least one setting to restore." in answer.text
    assert not answer.value("chosen")


@pytest.mark.only_on("sqlite")
def test_the_list_leads_to_all_settings_as_they_were(sign_in, ada, top):
    browser = sign_in(ada)
    browser.submit(path_of(top), value="6")

    page = browser.get("/settings", as_of=LONG_AGO).follow()

    assert "All settings as they were then" in page.text
    assert "top_k 5 changed" in page.text
    assert "chunk_size 1000 unchanged" in page.text
    assert "chunk_size" not in browser.get(page.link("Only what differs")).text


@pytest.mark.only_on("sqlite")
def test_an_event_leads_to_the_settings_of_its_moment(sign_in, ada, person, top, session):
    browser = sign_in(ada)
    for value in ("6", "7"):
        browser.submit(path_of(top), "edit", value=value)
    changes = select(AuditEvent.id).where(AuditEvent.action == "setting:changed")
    path = f"/audit/{session.scalars(changes.order_by(AuditEvent.id)).first()}"

    then = browser.get(browser.get(path).link("All settings as they were then"))

    assert "top_k 6 changed" in then.text
    nora = person("nora", permissions=["audit:read"])
    assert "as they were then" not in sign_in(nora).get(path).text
