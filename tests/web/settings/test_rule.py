"""The page of a rule: typed, reviewed with the present value, saved, conflicts, undone."""

import json

import pytest
from sqlalchemy import select

from app.domain import settings
from app.models import AuditEvent, SettingRule
from tests.support.settings import path_of

SQLITE = pytest.mark.only_on("sqlite")


@pytest.fixture
def chunk_size(session):
    return settings.by_key(session, "chunk_size")


def rule_of(session, key="chunk_size"):
    session.expire_all()
    return session.scalars(select(SettingRule).where(SettingRule.key == key)).one_or_none()


def test_a_rule_is_reviewed_with_the_value_that_breaks_it_and_saved(
    sign_in, ada, session, chunk_size
):
    page = sign_in(ada).get(path_of(chunk_size)).browser.get(path_of(chunk_size, "/rule"))
    assert page.value("minimum") == "1"

    review = page.submit("rule-form", minimum="5000", unit="tokens")
    assert "Present values that break it" in review.text
    assert "Must be at least 5000." in review.text
    assert rule_of(session).unit == "characters"

    saved = review.submit("save", confirmed=1, reason="Longer.").follow()
    assert "Saved the rule of chunk_size." in saved.text
    assert "At least 5000, in tokens" in saved.text
    assert "Must be at least 5000" in saved.text
    assert "at least 1" in saved.text
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.reason) == ("setting:rule-changed", "Longer.")
    assert "ada changed the rule of chunk_size" in saved.browser.get(f"/audit/{event.id}").text


@SQLITE
def test_the_page_goes_back_to_editing_and_tells_mistakes_at_their_fields(
    sign_in, ada, session, chunk_size
):
    page = sign_in(ada).get(path_of(chunk_size, "/rule"))

    again = page.submit("rule-form", minimum="7").submit("save", again=1)
    wrong = page.submit("rule-form", minimum="many", schema="{", unit="x" * 31)

    assert again.value("minimum") == "7"
    assert wrong.status_code == 422
    for field in ("minimum", "schema", "unit"):
        assert f'id="{field}-error"' in wrong.html
    assert wrong.value("schema") == "{"
    assert rule_of(session).schema == '{"minimum": 1}'


@SQLITE
def test_the_same_rule_is_no_change_and_an_empty_one_removes_it(sign_in, ada, session, chunk_size):
    page = sign_in(ada).get(path_of(chunk_size, "/rule"))

    assert "No change" in page.submit("rule-form").follow().text
    review = page.submit("remove")
    assert "Any value" in review.text
    assert review.submit("save", confirmed=1).status_code == 303
    assert rule_of(session) is None
    assert "Add a rule" in sign_in(ada).get(path_of(chunk_size)).text


@SQLITE
def test_a_change_by_somebody_else_is_a_conflict(sign_in, ada, person, session, chunk_size):
    page = sign_in(ada).get(path_of(chunk_size, "/rule"))
    noura = sign_in(person("noura", permissions=["settings:read", "settings:update"]))
    other = noura.get(path_of(chunk_size, "/rule")).submit("rule-form", minimum="3")
    assert other.submit("save", confirmed=1).status_code == 303

    assert "minimum: many" in page.submit("rule-form", minimum="many").text
    conflict = page.submit("rule-form", minimum="9")
    assert conflict.status_code == 409
    assert "noura changed the rule of chunk_size" in conflict.text
    for words in ("At least 1", "At least 3", "At least 9"):
        assert words in conflict.text
    assert conflict.submit("conflict-form").submit("save", confirmed=1).status_code == 303
    assert json.loads(rule_of(session).schema) == {"minimum": 9}


@SQLITE
def test_a_value_that_changes_during_the_review_is_reviewed_again(
    sign_in, ada, session, chunk_size
):
    review = sign_in(ada).get(path_of(chunk_size, "/rule")).submit("rule-form", minimum="950")
    assert "fits the new rule" in review.text
    chunk_size.value = "900"
    session.commit()

    again = review.submit("save", confirmed=1)

    assert again.status_code == 409
    assert "A value has changed since you reviewed this." in again.text
    assert "Must be at least 950." in again.text
    assert again.submit("save", confirmed=1).status_code == 303


@SQLITE
def test_undo_fills_in_the_rule_from_before(sign_in, ada, session, chunk_size):
    browser = sign_in(ada)
    review = browser.get(path_of(chunk_size, "/rule")).submit("rule-form", minimum="5")
    review.submit("save", confirmed=1)

    undo = browser.get(
        browser.get(path_of(chunk_size)).link("Undo… changed the rule of chunk_size")
    )

    assert "Filled in: the rule from before the change by ada" in undo.text
    assert undo.value("minimum") == "1"


@SQLITE
def test_who_may_only_look_sees_the_rule_without_a_form(sign_in, looker, chunk_size):
    page = sign_in(looker).get(path_of(chunk_size, "/rule"))

    assert "At least 1, in characters" in page.text
    assert "settings:update" in page.text
    assert not page.can_edit("minimum")


@SQLITE
def test_the_fields_suit_the_data_type_and_a_rule_that_cannot_be_read_is_shown(
    sign_in, ada, session
):
    browser = sign_in(ada)
    rule_of(session, "log_level").schema = "{"
    session.commit()

    level = browser.get(path_of(settings.by_key(session, "log_level"), "/rule"))
    flag = browser.get(path_of(settings.by_key(session, "cache_enabled"), "/rule"))

    assert level.value("schema") == "{"
    assert "cannot be read" in browser.get("/settings/rules").text
    assert level.can_edit("pattern")
    assert not level.can_edit("minimum")
    assert not flag.can_edit("choices")
    assert flag.can_edit("schema")


@SQLITE
def test_a_needed_reason_is_asked_for_in_the_review(sign_in, ada, session, chunk_size):
    rule_of(session).requires_reason = True
    session.commit()
    page = sign_in(ada).get(path_of(chunk_size, "/rule"))
    review = page.submit("rule-form", unit="tokens")
    assert "Reason (required)" in review.text

    refused = review.submit("save", confirmed=1)
    assert (refused.status_code, 'id="reason-error"' in refused.html) == (422, True)
    assert rule_of(session).unit == "characters"
    refused.submit("save", confirmed=1, reason="Agreed.")
    assert rule_of(session).unit == "tokens"
