"""The audit log as a file: what the filter leaves, recorded, without secrets and formulas."""

import csv as reader
import io
import json

import pytest

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.target import Target
from tests.support.contents import events

pytestmark = pytest.mark.only_on("sqlite")

ROOT = Actor(ActorKind.COMMAND, "os:root")
QUERY = "?actor=os:root&from=2020-01-01"


@pytest.fixture
def auditor(sign_in, person, session):
    """An auditor's browser, with two changes by commands in the log, one of a secret."""
    for key, value, reason in (("chunk_size", "600", "=1+1"), ("llm_api_key", "hunter2", "")):
        target, after = Target("setting", key, 1), {"value": value}
        audit.record(session, "setting:changed", target, actor=ROOT, after=after, reason=reason)
    session.commit()
    return sign_in(person("nora", permissions=["audit:read"]))


def sent(browser, query=QUERY, **fields):
    page = browser.get(f"/audit{query}")
    answer = browser.get(page.link("Export…")).submit(to="/audit/export", **fields)
    assert answer.status_code == 200, answer.text
    return answer.response.get_data().decode("utf-8-sig")


def test_a_table_has_a_line_for_each_event_that_matches(auditor, session):
    rows = list(reader.DictReader(io.StringIO(sent(auditor), newline=""), strict=True))

    assert [row["target_name"] for row in rows] == ["chunk_size", "llm_api_key"]
    assert rows[0]["after"] == '{"value": "600"}'
    assert rows[0]["reason"] == "'=1+1"
    assert events(session)[-1].action == "events:exported"
    asked = {"actor": "os:root", "from": "2020-01-01"}
    assert events(session)[-1].after == {"filter": asked, "format": "csv"}


def test_lines_of_json_are_objects(auditor):
    first, secret = map(json.loads, sent(auditor, format="jsonl").splitlines())

    assert (first["action"], first["after"]) == ("setting:changed", {"value": "600"})
    assert first["at"].endswith("Z")
    assert secret["after"] == {"value": "Set (hidden)"}


def test_the_page_says_how_much_it_is(auditor):
    page = auditor.get("/audit/export?target=chunk_size")

    assert "1 event. Events that match the filter: to chunk_size" in page.text


def test_a_filter_that_says_nothing_exports_nothing(auditor, session):
    before = len(events(session))

    assert auditor.get("/audit/export?day=x").status_code == 400
    assert auditor.post("/audit/export", query="day=x", format="csv").status_code == 400
    assert len(events(session)) == before
