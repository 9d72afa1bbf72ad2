"""Rules of values on the pages: the control that follows them, refusals at the field, marks."""

import re

import pytest
from sqlalchemy import update

from app.domain import settings
from app.models import ApplicationSetting, SettingRule
from tests.support.settings import path_of, value

ALL = "/settings?category=document_processing&edit=all"


@pytest.fixture
def one(session):
    """Finds a setting by its key."""
    return lambda key: settings.by_key(session, key)


@pytest.mark.only_on("sqlite")
def test_choices_become_a_select_and_bounds_and_unit_stand_at_the_field(sign_in, ada, one):
    browser = sign_in(ada)

    provider = browser.get(path_of(one("llm_provider"))).html
    assert '<option value="openai" selected>openai</option>' in provider
    assert '<option value="ollama">ollama</option>' in provider
    page = browser.get(path_of(one("chunk_size")))
    assert "At least 1. A whole number" in page.text
    assert '<span class="hint">characters</span>' in page.html
    rows = browser.get("/settings?edit=all")
    assert '<option value="INFO" selected>INFO</option>' in rows.html
    assert "At least 1." in rows.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("data_type", "stored", "schema", "options"),
    [
        ("float", "0.70", '{"enum": [0.7, 1]}', ["0.70", "1"]),
        ("float", "1", '{"enum": [1.0, 2.5]}', ["1", "2.5"]),
        ("integer", "007", '{"enum": [7.0, 8]}', ["007", "8"]),
        ("integer", "9", '{"enum": [7, 8]}', ["9 (not one of the choices)", "7", "8"]),
        ("string", "", '{"enum": ["", "a "]}', ["Empty string", "a⟨space⟩"]),
    ],
)
def test_a_choice_is_spelled_as_it_is_stored_and_can_be_seen(
    sign_in, ada, add, session, data_type, stored, schema, options
):
    setting = add("depth", data_type, stored)
    session.add(SettingRule(key="depth", schema=schema))
    session.commit()
    browser = sign_in(ada)

    page = browser.get(path_of(setting))
    select = page.html.partition('<select class="input line"')[2].partition("</select>")[0]

    assert re.findall(r">([^<>\n]+)</option>", select) == options
    assert f'<option value="{stored}" selected>' in select


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("chunk_size", "0", "chunk_size must be at least 1."),
        ("chunk_overlap", "5000", "chunk_overlap must be less than chunk_size: chunk_overlap is"),
        ("max_document_size", "300 mega", "max_document_size must be a size such as 100MB"),
        ("log_level", "DEBG", "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    ],
)
def test_a_value_that_breaks_its_rule_is_refused_at_its_field(
    sign_in, ada, one, key, typed, sentence
):
    setting = one(key)
    before, browser = setting.value, sign_in(ada)

    # By hand: where there are choices, no browser would send another value.
    etag = settings.etag_of(setting)
    page = browser.post(path_of(setting), value=typed, etag=etag, base=before)
    row = {"value": typed, "etag": etag, "base": before}
    fields = {f"{setting.id}-{name}": text for name, text in row.items()}
    sheet = browser.post("/settings/review", **fields)

    assert (page.status_code, sheet.status_code) == (422, 422)
    for answer, field in ((page, "value"), (sheet, f"{setting.id}-value")):
        assert f'id="{field}-error"' in answer.html
        assert sentence in answer.text
        assert typed in answer.html
    assert one(key).value == before


@pytest.mark.only_on("sqlite")
def test_stored_values_that_break_their_rule_stay_and_are_marked(sign_in, ada, session, one):
    for key, text in (("log_level", "LOUD"), ("chunk_size", "100")):
        session.execute(
            update(ApplicationSetting).where(ApplicationSetting.key == key).values(value=text)
        )
    session.commit()
    browser = sign_in(ada)

    listed = browser.get("/settings", state="invalid").text
    assert "Must be DEBUG, INFO" in listed
    assert "chunk_overlap must be less than chunk_size: chunk_overlap is 200" in listed
    page = browser.get(path_of(one("log_level")))
    assert '<option value="LOUD" selected>LOUD (not one of the choices)</option>' in page.html
    assert "Must be DEBUG, INFO, WARNING" in page.text
    assert "3 values are not valid" in browser.get("/").text
    assert browser.submit(path_of(one("log_level")), "edit", value="DEBUG").status_code == 303


def test_a_warning_is_saved_once_it_is_confirmed(sign_in, ada, add, session):
    setting = add("warmth", "float", "1")
    session.add(SettingRule(key="warmth", schema='{"maximum": 2}', severity="warn"))
    session.commit()
    browser = sign_in(ada)

    page = browser.submit(path_of(setting), "edit", value="3")
    assert page.status_code == 422
    assert "warmth should be at most 2." in page.text
    assert page.submit("edit", anyway=True).status_code == 303
    sheet = browser.submit("/settings?category=tests&edit=all", "sheet", **value(setting, "4"))
    assert "warmth should be at most 2." in sheet.text
    assert "Some values are unusual: change them" in sheet.text
    review = sheet.submit("sheet", **{f"{setting.id}-anyway": True})
    assert "Will be saved anyway warmth should be at most 2." in review.text
    assert review.submit("save", confirmed=1).status_code == 303

    session.expire_all()
    assert setting.value == "4"
    assert "unusual" in browser.get("/settings?category=tests").text


def test_a_flagged_setting_asks_for_its_reason_at_the_field(sign_in, ada, add, session):
    setting = add("motto", "string", "a")
    session.add(SettingRule(key="motto", requires_reason=True))
    session.commit()
    browser = sign_in(ada)

    page = browser.submit(path_of(setting), "edit", value="b")
    assert page.status_code == 422
    assert "motto needs a reason. Type one." in page.text
    assert "Reason (required)" in page.text
    review = browser.submit("/settings?category=tests&edit=all", "sheet", **value(setting, "b"))
    refused = review.submit("save", confirmed=1)
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.html
    assert refused.submit("save", confirmed=1, reason="Because.").status_code == 303
