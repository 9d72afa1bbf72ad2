"""The audit log as a page: sentences, links that filter, days of the reader."""

from datetime import UTC, datetime

import pytest

from app.domain import audit, settings
from app.domain.actor import Actor, ActorKind
from app.domain.settings import SettingEdit
from app.domain.target import Target
from app.models import AuditEvent
from tests.support.contents import recorded
from tests.support.cookies import cookie

ADA = Actor(ActorKind.PERSON, "ada")
pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def nora(person):
    """An auditor."""
    return person("nora", permissions=["audit:read"])


@pytest.fixture
def changed(session, ada):
    """Ada's change of chunk_size, with its reason."""
    setting = settings.by_key(session, "chunk_size")
    edit = SettingEdit("600", settings.etag_of(setting), "Shorter passages.")
    actor = Actor(ActorKind.PERSON, "ada", ada.id, request_id="0123456789abcdef")
    settings.change(session, setting.id, edit, actor=actor)
    session.commit()
    return recorded(session)[0]


def test_a_change_reads_as_a_sentence_with_its_reason_below(sign_in, nora, changed):
    page = sign_in(nora).get("/audit")

    assert "ada changed chunk_size from 1000 to 600 Shorter passages." in page.text
    assert page.link("Request 01234567") == "/audit?request=0123456789abcdef&sign_ins=1"


@pytest.mark.parametrize(
    ("key", "before", "after", "shown"),
    [
        ("rag_prompt", "One.\nTwo.", "One.\nThree.", True),
        ("rag_prompt", "short", "too", False),
        ("rag_prompt", "x\n" * 50, "y\n" * 50, False),
        ("llm_api_key", "One.\nTwo.", "One.\nThree.", False),
    ],
)
def test_a_long_value_is_compared_in_place(sign_in, nora, session, key, before, after, shown):
    target, fields = Target("setting", key), ({"value": before}, {"value": after})
    audit.record(session, "setting:changed", target, actor=ADA, before=fields[0], after=fields[1])
    session.commit()

    page = sign_in(nora).get("/audit")

    assert (f"Difference of {key}" in page.text) == shown
    assert ("<del>wo</del>" in page.html) == shown


def test_actor_and_target_are_links_that_filter(sign_in, nora, changed):
    nora_there = sign_in(nora)
    page = nora_there.get("/audit")

    for text in ("ada", "chunk_size"):
        assert "ada changed chunk_size" in nora_there.get(page.link(text)).text
    assert "chunk_size" not in nora_there.get("/audit?actor=vera").text


def test_what_was_denied_is_one_click_from_the_log(sign_in, nora, changed, omar):
    sign_in(omar).get("/settings")
    nora_there = sign_in(nora)

    page = nora_there.get(nora_there.get("/audit?from=2020-01-01").link("Denied"))

    assert "omar was denied /settings" in page.text
    assert "chunk_size" not in page.text
    assert page.value("from") == "2020-01-01"


def test_sign_ins_are_listed_on_request(sign_in, nora, changed, session, vera):
    vera_herself = Actor(ActorKind.PERSON, "vera", vera.id)
    audit.record(session, "user:signed-in", Target.of_user(vera), actor=vera_herself)
    session.commit()
    nora_there = sign_in(nora)

    assert "vera signed in" not in nora_there.get("/audit").text
    assert "vera signed in" in nora_there.get("/audit?sign_ins=1").text


def test_a_day_is_that_of_the_reader(sign_in, nora, session):
    event = AuditEvent(at=datetime(2026, 11, 20, 23, tzinfo=UTC), actor_kind="person")
    event.actor_name, event.action = "ada", "setting:changed"
    event.target_type, event.target_name = "setting", "chunk_size"
    session.add(event)
    session.commit()
    nora_there = sign_in(nora)
    nora_there.client.set_cookie(cookie("zone"), "Asia/Tokyo")

    assert "21 Nov 2026" in nora_there.get("/audit?day=2026-11-21").text
    assert "No entry matches" in nora_there.get("/audit?day=2026-11-20").text


def test_the_filters_take_what_pages_show(sign_in, nora, session, ada, changed):
    ada.full_name = "Ada Byron"
    session.commit()
    page = sign_in(nora).get("/audit")

    found = page.submit(to="/audit", actor="Ada Byron", target="CHUNK_SIZE", request="01234567")

    assert "ada changed chunk_size" in found.text
    assert (found.value("actor"), found.value("target")) == ("Ada Byron", "CHUNK_SIZE")
    assert "ada changed chunk_size" in page.submit(to="/audit", type="setting").text
    assert "No entry matches" in page.submit(to="/audit", type="role").text


def test_names_that_resemble_are_offered_to_those_who_may_see_them(sign_in, session, person, ada):
    ada.full_name = "Ada Byron"
    session.commit()
    reader = person("rita", permissions=["audit:read", "user:read", "settings:read"])

    page = sign_in(reader).get("/audit?actor=Byron&target=chunk_siz&from=2026-01-01")

    assert page.link("Ada Byron (ada)") == (
        f"/audit?target=chunk_siz&from=2026-01-01&actor_id={ada.id}"
    )
    assert page.link("chunk_size") == (
        "/audit?actor=Byron&target=chunk_size&from=2026-01-01&type=setting"
    )
    blind = sign_in(person("blind", permissions=["audit:read"]))
    assert "Did you mean" not in blind.get("/audit?actor=Byron").text


def test_a_range_has_times_in_the_zone_of_the_reader(sign_in, nora, session):
    event = AuditEvent(at=datetime(2026, 11, 20, 23, 15, tzinfo=UTC), actor_kind="person")
    event.actor_name, event.action = "ada", "setting:changed"
    event.target_type, event.target_name = "setting", "chunk_size"
    session.add(event)
    session.commit()
    nora_there = sign_in(nora)
    nora_there.client.set_cookie(cookie("zone"), "Asia/Tokyo")

    def found(start, end):
        day = "from=2026-11-21&to=2026-11-21"
        return nora_there.get(f"/audit?{day}&from_time={start}&to_time={end}")

    page = found("08:15", "08:15")
    assert "ada changed chunk_size" in page.text
    assert page.value("to_time") == "08:15"
    assert "until 2026-11-21 08:15" in page.text
    assert "No entry matches" in found("08:16", "").text
    assert "No entry matches" in found("", "08:14").text


@pytest.mark.parametrize(
    "query",
    [
        *("day=yesterday", "from=0001-01-01", "outcome=lost", "after=x", "to_time=x"),
        "from=2026-11-22&from_time=25:00",
    ],
)
def test_a_filter_that_says_nothing_is_refused(sign_in, nora, query):
    assert sign_in(nora).get(f"/audit?{query}").status_code == 400


def test_the_page_takes_four_statements_more_than_none(sign_in, nora, changed, statements):
    nora_there = sign_in(nora)

    with statements.at_most(5):
        nora_there.get("/audit?actor=ada&outcome=done&from=2020-01-01")
