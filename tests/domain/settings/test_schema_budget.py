"""Checks by a schema are bounded, whoever wrote the schema and the value."""

import json
import time

import pytest

from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.domain.plan_lines import PlanOutcome
from app.domain.settings import NewSetting, SettingEdit
from app.domain.settings.value_rules import editing, schemas
from app.domain.settings.value_rules.editing import RuleEdit, TypedRule
from app.domain.transfer import ImportEdit
from app.models import ApplicationSetting, SettingRule
from tests.support.people import OPERATOR

HEAVY = json.dumps({"items": {"allOf": [{"maximum": 9}] * 200}})
ENTRIES = f"[{','.join('1' * 12_000)}]"
NOT_CHECKED = "Not checked: it takes too long to check by its rule"
SLOW = "takes too long to check by this rule"


def setting(session, value=ENTRIES, schema=HEAVY, key="origins"):
    session.add(ApplicationSetting(key=key, value=value, data_type="json"))
    if schema:
        session.add(SettingRule(key=key, schema=schema))
    session.commit()
    return settings.by_key(session, key)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (ENTRIES, HEAVY),
        (ENTRIES, json.dumps({"items": {f"x{number}": 1 for number in range(900)}})),
        (ENTRIES, json.dumps({"items": {"allOf": [{}] * 900}})),
        (ENTRIES, json.dumps({"allOf": [{"contains": False, "minContains": 0}] * 200})),
        (
            json.dumps(["a" * 5000] * 12),
            json.dumps({"items": {"not": {"pattern": "[ab]*a[ab]{900}c"}}}),
        ),
        (
            json.dumps({f"a{number}": 1 for number in range(5000)}),
            json.dumps(
                {"allOf": [{"properties": {}, "additionalProperties": {"minimum": 1}}] * 100}
            ),
        ),
    ],
)
def test_a_check_ends_in_time(value, schema):
    begun = time.process_time()

    assert schemas.broken(value, "json", schema) == schemas.TOO_LONG
    assert time.process_time() - begun < 2


def test_nested_schemas_do_not_multiply():
    schema = {"minimum": 0}
    for _ in range(15):
        schema = {"unevaluatedProperties": False, "allOf": [schema, schema][:1], "anyOf": [schema]}

    assert schemas.broken('{"a": 1}', "json", json.dumps(schema)) in {
        schemas.TOO_LONG,
        schemas.UNUSABLE,
    }


@pytest.mark.parametrize(
    "schema",
    [
        '{"items": {"type": "integer", "minimum": 0, "maximum": 9}, "maxItems": 40000}',
        '{"items": {"enum": [0, 1, 2, 3, 4, 5, 6, 7]}}',
        '{"items": {"multipleOf": 0.5}}',
    ],
)
def test_the_longest_list_that_can_be_saved_is_checked_by_a_usual_schema(schema):
    assert schemas.broken(f"[{','.join('1' * 32_000)}]", "json", schema) == ""


def test_entries_are_found_twice_in_linear_time():
    begun = time.process_time()
    objects = [{"number": number} for number in range(2500)]

    assert schemas.broken(json.dumps(objects), "json", '{"uniqueItems": true}') == ""
    twice = schemas.broken(json.dumps([*objects, objects[0]]), "json", '{"uniqueItems": true}')
    assert twice == "must not have the same entry twice"
    assert time.process_time() - begun < 2


def test_a_value_that_takes_too_long_to_check_is_not_saved(session):
    stored = setting(session, "[]")

    with pytest.raises(InvalidValue, match="origins takes too long to check by its rule: shorten"):
        settings.change(
            session, stored.id, SettingEdit(ENTRIES, settings.etag_of(stored)), actor=OPERATOR
        )
    session.rollback()
    session.add(SettingRule(key="others", schema=HEAVY))
    session.commit()
    with pytest.raises(InvalidValue, match="others takes too long to check"):
        settings.create(session, NewSetting("others", "json", ENTRIES), actor=OPERATOR)


def test_a_rule_by_which_the_present_value_takes_too_long_is_not_saved(session):
    stored = setting(session, schema=None)
    etag = editing.rule_etag(editing.own_rule(session, "origins"))
    edit = RuleEdit(TypedRule(schema=HEAVY), etag)

    with pytest.raises(InvalidValue, match=f"The value of origins {SLOW}") as refusal:
        editing.review_rule(session, stored.id, edit, actor=OPERATOR)
    with pytest.raises(InvalidValue, match=SLOW):
        editing.change_rule(session, stored.id, edit, actor=OPERATOR)

    assert refusal.value.field == "schema"


def test_an_import_refuses_such_a_rule_and_such_a_value(session):
    setting(session, schema=None)
    rule = f"rules:\n- {{key: origins, schema: '{HEAVY}'}}\n"
    text = f"format: rag-fortress-console/2\n{rule}"
    value = f"settings:\n- {{key: origins, value: '{ENTRIES[:-1]},1]'}}\n"

    plan = transfer.review_import(session, ImportEdit(transfer.read_file(text)), actor=OPERATOR)
    both = ImportEdit(transfer.read_file(text.replace("rules:", f"{value}rules:")))
    changed = transfer.review_import(session, both, actor=OPERATOR)

    [(_, line)] = plan.of(PlanOutcome.REFUSED)
    assert SLOW in line.reason
    reasons = [line.reason for _, line in changed.of(PlanOutcome.REFUSED)]
    assert any("origins takes too long to check by its rule" in reason for reason in reasons)


def test_a_list_says_which_values_it_does_not_check(session):
    stored = setting(session)

    [line] = [line for line in settings.read_all(session) if line.key == "origins"]

    assert line.problem == ""
    assert line.findings.warning.startswith(NOT_CHECKED)
    assert settings.rule_state(session, stored).findings == line.findings


def test_all_checks_of_a_list_share_their_steps(session, database_name):
    # What was checked for another test is kept.
    bound = -len(database_name)
    for number in range(40):
        setting(
            session,
            f"[{','.join('1' * 9000)}, {number}]",
            json.dumps({"items": {"allOf": [{"minimum": bound}] * 8}}),
            f"origins{number}",
        )
    begun = time.process_time()

    found = [line.findings.warning for line in settings.read_all(session)]

    assert sum("together with the others" in warning for warning in found) > 20
    assert time.process_time() - begun < 6
    for _ in range(4):
        found = [line.findings for line in settings.read_all(session)]
    assert not any("Not checked" in one.warning for one in found if one)
