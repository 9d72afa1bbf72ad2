"""Editing of rules: what is typed, what breaks it, conflicts, and the events."""

import json

import pytest
from sqlalchemy import delete, select

from app.domain import settings
from app.domain.errors import InvalidValue, NotFound
from app.domain.reviews import ReviewOutdated
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import (
    FlagsChangedMeanwhile,
    FlagsEdit,
    RelationChangedMeanwhile,
    RelationEdit,
    RuleChangedMeanwhile,
    RuleEdit,
    TypedRule,
)
from app.models import ApplicationSetting, AuditEvent, SettingRule, ValueRelation
from tests.support.people import OPERATOR

ENUM = '{"enum": ["B"]}'
SQLITE = pytest.mark.only_on("sqlite")


def edit(session, key="chunk_size", reviewed=None, **typed):
    etag = editing.rule_etag(editing.own_rule(session, key))
    return RuleEdit(TypedRule(**typed), etag, "Because.", reviewed)


def change(session, key="chunk_size", **typed):
    setting_id = settings.by_key(session, key).id
    event = editing.change_rule(session, setting_id, edit(session, key, **typed), actor=OPERATOR)
    session.commit()
    return event


def stored(session, key="chunk_size"):
    return session.scalars(select(SettingRule).where(SettingRule.key == key)).one_or_none()


def test_a_rule_is_changed_and_recorded(session):
    event = change(session, minimum="100", maximum="4000", unit="characters", severity="warn")

    assert stored(session).schema == '{"minimum": 100, "maximum": 4000}'
    assert (stored(session).unit, stored(session).severity) == ("characters", "warn")
    assert (event.action, event.target_name) == ("setting:rule-changed", "chunk_size")
    assert event.reason == "Because."
    assert json.loads(event.before) == {"schema": '{"minimum": 1}', "severity": "refuse"}
    assert json.loads(event.after)["severity"] == "warn"


def test_the_review_names_the_present_value_that_breaks_the_rule(session):
    setting_id = settings.by_key(session, "chunk_size").id

    found = editing.review_rule(session, setting_id, edit(session, minimum="5000"), actor=OPERATOR)

    [broken] = found.broken
    assert (broken.key, broken.value, broken.sentence) == (
        *("chunk_size", "1000", "Must be at least 5000."),
    )


def test_a_rule_is_not_saved_over_another_or_over_another_value(session):
    setting = settings.by_key(session, "chunk_size")
    typed = edit(session, minimum="5000")
    found = editing.review_rule(session, setting.id, typed, actor=OPERATOR)
    setting.value = "900"
    session.commit()

    with pytest.raises(ReviewOutdated):
        change(session, minimum="5000", reviewed=found.content.text)
    session.rollback()
    change(session, minimum="7")
    with pytest.raises(RuleChangedMeanwhile):
        editing.change_rule(session, setting.id, typed, actor=OPERATOR)


def test_a_rule_that_asks_for_nothing_is_removed_but_not_its_mark(session):
    change(session)
    assert stored(session) is None

    stored(session, "llm_provider").is_secret = False
    session.commit()
    change(session, "llm_provider")
    assert (stored(session, "llm_provider").schema, stored(session, "llm_provider").is_secret) == (
        *(None, False),
    )
    assert editing.remove_rule(session, "chunk_overlap", "", actor=OPERATOR)
    assert editing.remove_rule(session, "chunk_overlap", "", actor=OPERATOR) is None


@SQLITE
def test_the_same_rule_in_another_spelling_is_no_change(session):
    assert change(session, schema='{ "minimum" : 1 }', unit="characters") is None
    assert change(session, minimum="1", unit=" characters ") is None


@SQLITE
@pytest.mark.parametrize(
    ("key", "typed", "field", "sentence"),
    [
        ("chunk_size", {"minimum": "many"}, "minimum", "“many” is not a whole number"),
        ("chunk_size", {"minimum": "5", "maximum": "4"}, "maximum", "less than the minimum"),
        ("chunk_size", {"choices": "1\nx"}, "choices", "is not a whole number"),
        ("chunk_size", {"choices": " \n"}, "choices", "at least one choice"),
        ("chunk_size", {"pattern": "a"}, "pattern", "cannot be given for the data type integer"),
        ("chunk_size", {"minimum": "1", "schema": '{"minimum": 2}'}, "schema", "Keep one of"),
        ("log_level", {"choices": "A", "schema": ENUM}, "schema", "“enum” .the choices."),
        ("chunk_size", {"schema": "{"}, "schema", "not JSON at line 1"),
        ("chunk_size", {"schema": "[]"}, "schema", "A schema is a JSON object"),
        ("chunk_size", {"schema": '{"minimum": "1"}'}, "schema", "This is no JSON Schema"),
        ("chunk_size", {"schema": '{"$ref": "#"}'}, "schema", "cannot be used here"),
        ("chunk_size", {"unit": "x" * 31}, "unit", "at most 30 fit"),
        ("chunk_size", {"severity": "shout"}, "severity", "refused or warned"),
        ("log_level", {"pattern": "(?=a)"}, "pattern", "it takes RE2 expressions"),
        ("log_level", {"schema": '{"pattern": "(a"}'}, "schema", "it takes RE2 expressions"),
        ("log_level", {"choices": "\n".join(map(str, range(201)))}, "choices", "at most 200"),
        ("log_level", {"choices": "x" * 9990}, "choices", "Choices may have at most 10,000"),
        ("log_level", {"pattern": "x" * 9990}, "pattern", "A pattern may have at most 10,000"),
        (
            *("log_level", {"choices": "x" * 6000, "pattern": "y" * 6000}, "schema"),
            "The schema may have at most 10,000 characters",
        ),
    ],
)
def test_a_mistake_is_told_at_its_field(session, key, typed, field, sentence):
    with pytest.raises(InvalidValue, match=sentence) as refusal:
        change(session, key, **typed)

    assert refusal.value.parts[0].field == field


@SQLITE
@pytest.mark.parametrize(
    ("key", "schema"),
    [
        ("chunk_size", {"minimum": 1, "maximum": 9, "multipleOf": 2}),
        ("chunk_size", {"enum": [1, 2]}),
        ("log_level", {"enum": ["a", "b c"]}),
        ("log_level", {"enum": ["", "b"]}),
        ("log_level", {"pattern": "^a", "maxLength": 5}),
        ("log_level", {"format": "size"}),
        ("log_level", {"format": "email", "minLength": 3}),
        ("cache_enabled", {"enum": [True]}),
        ("cors_allow_origins", {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_a_stored_rule_is_typed_in_simple_fields_and_comes_back_the_same(session, key, schema):
    setting = settings.by_key(session, key)
    rule = settings.ValueRule(json.dumps(schema), "MB", is_warning=True, requires_reason=True)

    typed = editing.typed_of(rule, setting.data_type)
    change(session, key, **vars(typed))

    assert json.loads(stored(session, key).schema) == schema
    assert editing.own_rule(session, key)._replace(schema=rule.schema) == rule


@SQLITE
@pytest.mark.parametrize(
    ("key", "schema"),
    [
        ("chunk_size", '{"minimum": 1.0}'),
        ("chunk_size", '{"minimum": 0.5, "maximum": 9}'),
        ("chunk_size", '{"maximum": 1e30}'),
        ("chunk_size", '{"enum": [1.0, 2]}'),
        ("chunk_size", '{"enum": [1, 1.0]}'),
        ("chunk_size", '{"enum": [1.5, 2]}'),
        ("chunk_size", '{"enum": []}'),
        ("chunk_size", '{"enum": [1e30, 2]}'),
        ("log_level", '{"enum": ["a", "postgres://u:p@host/"]}'),
        ("log_level", '{"enum": ["a\\nb", "c"]}'),
        ("log_level", '{"enum": ["a\\u2028b", "c"]}'),
        ("log_level", '{"pattern": "a\\nb"}'),
        ("log_level", '{"pattern": ""}'),
    ],
)
def test_the_schema_of_another_program_stays_when_the_rest_of_its_rule_is_edited(
    session, key, schema
):
    stored(session, key).schema = schema
    session.commit()

    typed = editing.typed_of(
        editing.own_rule(session, key), settings.by_key(session, key).data_type
    )
    change(session, key, **(vars(typed) | {"unit": "steps"}))

    assert (stored(session, key).schema, stored(session, key).unit) == (schema, "steps")
    # Browsers drop line breaks from a field of one line.
    assert "\n" not in typed.pattern


@SQLITE
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("count", [9, 1900])
def test_a_long_schema_is_typed_as_it_is_saved_and_line_ends_do_not_count(session, count, line_end):
    row = stored(session)
    row.schema = json.dumps({"not": {"enum": list(range(count))}}, separators=(",", ":"))
    session.commit()

    typed = editing.typed_of(editing.own_rule(session, "chunk_size"), "integer")
    sent = typed.schema.replace("\n", line_end)
    assert change(session, **(vars(typed) | {"schema": sent, "unit": "steps"}))
    assert stored(session).schema.count("\n") == 0

    change(session, schema=f'{{{line_end}"minimum": 5}}')
    assert stored(session).schema == '{\n"minimum": 5}'


@SQLITE
def test_a_number_is_one_choice_however_it_is_spelled(session):
    change(session, choices="1000\n01000\n2000")

    assert stored(session).schema == '{"enum": [1000, 2000]}'


def test_to_mysql_a_key_with_spaces_after_it_is_the_same(session):
    session.execute(delete(SettingRule).where(SettingRule.key == "chunk_size"))
    session.add(SettingRule(key="chunk_size ", schema='{"enum": [1]}', is_secret=True))
    session.commit()

    assert not settings.is_secret_setting(settings.by_key(session, "chunk_size"))
    assert editing.own_rule(session, "chunk_size").schema == ""
    change(session, maximum="4000")
    assert stored(session).schema == '{"maximum": 4000}'
    assert editing.own_rule(session, "chunk_size").schema == '{"maximum": 4000}'


def test_an_earlier_rule_is_found_by_the_event_that_changed_it(session):
    setting_id = settings.by_key(session, "chunk_size").id
    first = change(session, minimum="7", unit="characters")
    change(session, minimum="7", unit="tokens")

    event, earlier = editing.earlier_rule(session, setting_id, first.id)

    assert event.id == first.id
    assert (earlier.schema, earlier.unit) == ('{"minimum": 1}', "tokens")
    other = settings.by_key(session, "chunk_overlap").id
    with pytest.raises(NotFound):
        editing.earlier_rule(session, other, first.id)


def put(session, expression, relation_id=editing.NEW, **fields):
    etag = editing.relation_etag(editing.get_relation(session, relation_id)) if relation_id else ""
    typed = RelationEdit(expression, etag=etag, **fields)
    event = editing.put_relation(session, relation_id, typed, actor=OPERATOR)
    session.commit()
    return event


def test_relations_are_added_changed_and_removed(session):
    added = put(session, "chunk_size < 2000", severity="warn", message="Too long.")
    changed = put(session, "chunk_size < 3000", added.target_id, severity="warn")
    assert put(session, "chunk_size < 3000", added.target_id, severity="warn") is None
    relation = editing.get_relation(session, added.target_id)
    typed = RelationEdit("", etag=editing.relation_etag(relation))
    removed = editing.remove_relation(session, added.target_id, typed, actor=OPERATOR)
    session.commit()

    actions = [one.action for one in (added, changed, removed)]
    assert actions == ["relation:added", "relation:changed", "relation:removed"]
    assert json.loads(changed.before) == {"expression": "chunk_size < 2000", "message": "Too long."}
    assert editing.earlier_relation(session, removed.id)[1].expression == "chunk_size < 3000"
    assert session.get(ValueRelation, added.target_id) is None


def test_the_review_of_a_relation_names_values_missing_and_secret_keys(session):
    session.add(ApplicationSetting(key="mail_password", value="canary"))
    session.commit()
    typed = RelationEdit("chunk_size < chunk_overlap and chunks < mail_password")

    found = editing.review_relation(session, editing.NEW, typed, actor=OPERATOR).found
    broken = editing.review_relation(
        session, editing.NEW, RelationEdit("chunk_size < chunk_overlap"), actor=OPERATOR
    ).found.broken

    assert (found.missing, found.secret) == (["chunks"], ["mail_password"])
    assert {one.key for one in broken} == {"chunk_size", "chunk_overlap"}
    assert "chunk_size must be less than chunk_overlap: " in broken[0].sentence


@SQLITE
@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "Type a relation"),
        ("chunk_size <", "the end is missing"),
        ("1 < 2", "names at least one setting"),
        ("chunk_overlap < chunk_size", "exists already"),
        ("a < " + "b" * 500, "at most 500"),
    ],
)
def test_an_expression_that_cannot_be_read_is_told_at_its_field(session, expression, sentence):
    with pytest.raises(InvalidValue, match=sentence) as refusal:
        put(session, expression)

    assert refusal.value.field == "expression"


@SQLITE
def test_a_relation_is_not_saved_or_removed_over_another(session):
    added = put(session, "chunk_size < 2000")
    typed = RelationEdit("chunk_size < 9", etag="another")

    for change_of in (editing.put_relation, editing.remove_relation):
        with pytest.raises(RelationChangedMeanwhile):
            change_of(session, added.target_id, typed, actor=OPERATOR)
        session.rollback()


def test_categories_are_flagged_and_unflagged(session):
    session.add(ApplicationSetting(key="alone"))
    session.commit()
    etag = editing.flags_etag(editing.category_flags(session))
    events = editing.change_flags(session, FlagsEdit(["cache", ""], etag, "Audit."), actor=OPERATOR)
    session.commit()

    assert [one.target_name for one in events] == ["cache", "settings without a category"]
    assert editing.category_flags(session)["cache"] is True
    with pytest.raises(FlagsChangedMeanwhile):
        editing.change_flags(session, FlagsEdit([], etag), actor=OPERATOR)
    session.rollback()
    etag = editing.flags_etag(editing.category_flags(session))
    editing.change_flags(session, FlagsEdit([], etag, "Too much."), actor=OPERATOR)
    session.commit()
    assert not any(editing.category_flags(session).values())
    recorded = session.scalars(select(AuditEvent).where(AuditEvent.action == "category:flagged"))
    assert len(recorded.all()) == 4


def test_a_relation_that_compares_nothing_is_refused_or_told(session):
    for text in ('chunk_size == "900"', "app_name + 1 < is_on and cors_allow_origins < 5"):
        with pytest.raises(InvalidValue, match="so it checks nothing") as refusal:
            editing.review_relation(session, editing.NEW, RelationEdit(text), actor=OPERATOR)
        assert refusal.value.field == "expression"

    new = RelationEdit("llm_provider < 5")
    found = editing.review_relation(session, editing.NEW, new, actor=OPERATOR).found
    assert "“llm_provider < 5” checks nothing with the present values" in found.unchecked[0]


def test_lists_tell_what_in_stored_rules_checks_nothing(session):
    session.add(SettingRule(key="chunk_overlap_2", schema='{"minimun": 5}'))
    session.add(ValueRelation(expression='chunk_size == "900"'))
    session.commit()

    found = editing.all_rules(session)

    [line] = [one for one in found.rules if one.key == "chunk_overlap_2"]
    assert "Did you mean “minimum”?" in line.unchecked[0]
    assert [one.unchecked != [] for one in found.relations] == [False, True]


def test_lists_name_settings_that_a_relation_cannot_compare(session, sign_in, ada):
    session.add(ValueRelation(expression="chunk_size < gone and chunk_size < llm_api_key"))
    session.commit()

    *_, line = editing.all_rules(session).relations
    assert line.unchecked == [
        "There is no setting named gone. A comparison with it says nothing until there is one.",
        "llm_api_key is a secret. A comparison with it says nothing.",
    ]
    browser = sign_in(ada)
    assert f"not checked {line.unchecked[0]}" in browser.get("/settings/rules").text
    review = browser.submit("/settings/relation", expression="chunk_overlap < gone")
    assert "The present values fit the relation." not in review.text
    assert "It cannot be told, as a part of it compares nothing." in review.text


def test_a_stored_rule_of_which_a_part_checks_nothing_can_be_edited_around_it(session):
    stored(session).schema = '{"minimun": 5, "minimum": 1}'
    session.commit()
    kept = editing.typed_of(editing.own_rule(session, "chunk_size"), "integer")

    assert change(session, minimum="1", schema=kept.schema, unit="letters")
    with pytest.raises(InvalidValue, match="Did you mean “minimum”"):
        change(session, minimum="2", schema=kept.schema)
