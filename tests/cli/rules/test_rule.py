"""Rules by command: the same domain functions as on the pages."""

import json

import pytest
from sqlalchemy import select

from app.domain.settings.value_rules import editing
from app.models import AuditEvent, SettingRule, ValueRelation

pytestmark = pytest.mark.only_on("sqlite")


def rule_of(session, key="chunk_size"):
    session.expire_all()
    return session.scalars(select(SettingRule).where(SettingRule.key == key)).one_or_none()


def test_a_rule_is_shown_and_changed_by_options(flask, session):
    assert flask("settings", "rule", "chunk_size").out == "At least 1, in characters\n"

    done = flask(
        *("settings", "rule", "chunk_size", "--minimum", "5000", "--severity", "warn"),
        *("--needs-reason", "--reason", "Longer."),
    )

    assert done.code == 0
    assert "The rule of chunk_size was saved." in done.err
    assert "The value of chunk_size breaks it: Should be at least 5000." in done.err
    rule = rule_of(session)
    assert (json.loads(rule.schema), rule.unit) == ({"minimum": 5000}, "characters")
    assert (rule.severity, rule.requires_reason) == ("warn", True)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.reason) == ("setting:rule-changed", "Longer.")
    assert "No change" in flask("settings", "rule", "chunk_size", "--minimum", "5000").err


def test_a_schema_file_replaces_the_simple_fields(flask, session, tmp_path):
    path = tmp_path / "schema.json"
    path.write_text('{"multipleOf": 100, "minimum": 100}', encoding="utf-8")

    assert flask("settings", "rule", "chunk_size", "--schema-file", str(path)).code == 0
    assert json.loads(rule_of(session).schema) == {"multipleOf": 100, "minimum": 100}
    assert flask("settings", "rule", "log_level", "--choice", "A", "--choice", "B").code == 0
    assert json.loads(rule_of(session, "log_level").schema) == {"enum": ["A", "B"]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("chunk_size", "--minimum", "many"), "“many” is not a whole number"),
        (("log_level", "--pattern", "(?=a)"), "it takes RE2 expressions"),
        (("nothing", "--unit", "MB"), "There is no setting named nothing."),
        (("nothing", "--remove"), "nothing has no rule."),
        (("chunk_size", "--remove", "--unit", "MB"), "Use --remove without other options."),
    ],
)
def test_what_is_no_rule_is_refused_in_a_line(flask, session, options, sentence):
    done = flask("settings", "rule", *options)

    assert done.code in {1, 2}
    assert sentence in done.err
    assert done.err.count("\n") == 1


def test_a_rule_without_a_setting_is_removed(flask, session):
    session.add(SettingRule(key="gone", schema='{"minimum": 1}'))
    session.commit()

    assert "Removed the rule of gone." in flask("settings", "rule", "gone", "--remove").err
    assert rule_of(session, "gone") is None


def test_relations_are_listed_added_replaced_and_removed(flask, session):
    added = flask("settings", "add-relation", "chunk_size < chunk_overlap", "--severity", "warn")
    assert "The value of chunk_size breaks it: chunk_size should be less than" in added.err
    listed = flask("settings", "relations").out
    number = next(line.split()[0] for line in listed.splitlines() if "size < chunk_o" in line)

    changed = flask("settings", "add-relation", "chunk_size < chunks", "--replaces", number)
    assert "There is no setting named chunks." in changed.err
    session.add(strange := ValueRelation(expression="a\x1b[2J < 1"))
    session.commit()
    removed = flask("settings", "remove-relation", str(strange.id))
    assert removed.err == "Removed the relation a\\x1b[2J < 1.\n"
    removed = flask("settings", "remove-relation", number, "--reason", "Wrong.")
    assert removed.err == "Removed the relation chunk_size < chunks.\n"
    assert flask("settings", "remove-relation", number).code == 1
    assert "the end is missing" in flask("settings", "add-relation", "chunk_size <").err
    assert len(session.scalars(select(ValueRelation)).all()) == 1


def test_a_category_is_flagged(flask, session):
    assert flask("settings", "category", "cache").out == "needs no reason\n"
    assert flask("settings", "category", "cache", "--needs-reason").code == 0
    assert editing.category_flags(session)["cache"] is True
    assert "No change" in flask("settings", "category", "cache", "--needs-reason").err
    clear = ("settings", "category", "cache", "--needs-no-reason")
    assert "A change of the category cache needs a reason." in flask(*clear).err
    assert flask(*clear, "--reason", "Too much.").code == 0
    session.expire_all()
    assert editing.category_flags(session)["cache"] is False
    assert flask("settings", "category", "none").code == 1
    assert flask("settings", "category", "").err == "Error: Every setting has a category.\n"
