"""The list of all rules, and the categories that need a reason."""

import pytest
from sqlalchemy import select

from app.domain.settings.value_rules import editing
from app.models import ApplicationSetting, CategoryRule, SettingRule, ValueRelation

SQLITE = pytest.mark.only_on("sqlite")


def test_the_list_names_rules_relations_and_what_breaks_them(sign_in, ada, session):
    session.scalars(
        select(ApplicationSetting).where(ApplicationSetting.key == "log_level")
    ).one().value = "LOUD"
    session.add(SettingRule(key="gone", schema='{"minimum": 1}'))
    session.add(ValueRelation(expression="what <"))
    session.commit()

    page = sign_in(ada).get("/settings/rules")

    assert "One of DEBUG, INFO, WARNING, ERROR or CRITICAL" in page.text
    assert "Must be DEBUG" in page.text
    assert "There is no such setting." in page.text
    assert "flask settings rule gone --remove" in page.text
    assert "It checks nothing until it is corrected." in page.text
    assert "/settings/rules" in sign_in(ada).get("/settings").links


def test_a_broken_relation_is_told_once(sign_in, ada, session):
    setting = ApplicationSetting.key == "chunk_overlap"
    session.scalars(select(ApplicationSetting).where(setting)).one().value = "5000"
    session.commit()

    page = sign_in(ada).get("/settings/rules")

    assert page.text.count("chunk_overlap is 5000") == 1
    assert "chunk_overlap is 5000" in sign_in(ada).get("/settings?q=chunk_overlap").text


def test_categories_are_flagged(sign_in, ada, session):
    page = sign_in(ada).get("/settings/rules")

    saved = page.submit("categories", categories=["cache", "llm"], reason="The audit.").follow()

    assert "Changed 2 categories." in saved.text
    found = session.scalars(select(CategoryRule).where(CategoryRule.requires_reason)).all()
    assert {one.category for one in found} == {"cache", "llm"}
    assert saved.value("categories") == ["cache", "llm"]
    log = sign_in(ada).get("/audit").text
    assert "changed whether a reason is needed in" in log


@SQLITE
def test_categories_that_changed_meanwhile_are_not_overwritten(sign_in, ada, session):
    page = sign_in(ada).get("/settings/rules")
    session.add(CategoryRule(category="cache", requires_reason=True))
    session.commit()

    refused = page.submit("categories", categories=["llm"])

    assert refused.status_code == 409
    assert refused.value("categories") == ["llm"]
    assert len(session.scalars(select(CategoryRule)).all()) == 1


@SQLITE
def test_who_may_only_look_sees_the_rules_without_a_form(sign_in, looker):
    page = sign_in(looker).get("/settings/rules")

    assert "chunk_overlap < chunk_size" in page.text
    assert "Add a relation" not in page.text
    assert not page.can_edit("reason")


def test_categories_that_were_flagged_together_are_undone_in_two_clicks(sign_in, ada, add, session):
    add("motto", category="texts")
    browser = sign_in(ada)
    browser.submit("/settings/rules", "categories", categories=["texts"], reason="Audit.")

    page = browser.get(
        browser.get("/audit").link("Undo… changed whether a reason is needed in texts")
    )
    assert "Filled in: the boxes from before the change by ada" in page.text
    assert page.value("reason").startswith("Undoes the change of ")
    page.submit("categories")

    flags = editing.category_flags(session)
    assert not any(flags.values())
    assert browser.get("/settings/rules?undo=999999").status_code == 404
