"""Rules, relations and categories of a transfer file: by the rules of their pages."""

import pytest
from sqlalchemy import delete, event, select, update

from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.domain.plan_lines import PlanOutcome
from app.domain.reviews import ReviewOutdated
from app.domain.settings.value_rules import editing
from app.domain.transfer import ImportEdit, Part, TransferFormat
from app.models import ApplicationSetting, CategoryRule, SettingRule, ValueRelation
from tests.support.contents import events
from tests.support.people import OPERATOR, acting

HEAD = "format: rag-fortress-console/2\n"
FILE = f"""{HEAD}settings:
- {{key: chunk_size, value: 6000}}
- {{key: greeting, category: texts, data_type: string, value: Hello}}
rules:
- key: chunk_size
  schema: '{{"minimum": 1, "maximum": 8000}}'
  unit: characters
  severity: warn
- {{key: greeting, schema: '{{"minLength": 3}}', requires_reason: true}}
relations:
- {{expression: chunk_overlap * 9 < chunk_size, severity: warn, message: Make it smaller.}}
categories:
- {{name: texts, requires_reason: true}}
"""


def edit(text, **fields):
    return ImportEdit(transfer.read_file(text), **fields)


def imported(session, text, *, actor=OPERATOR, reason="As in Git", **fields):
    plan = transfer.import_file(session, edit(text, reason=reason, **fields), actor=actor)
    session.commit()
    return plan


def reviewed(session, text, *, actor=OPERATOR):
    return transfer.review_import(session, edit(text), actor=actor)


def outcomes(plan):
    return {
        (part.value, line.name): line.outcome.value
        for part, line in plan.lines
        if line.outcome is not PlanOutcome.ONLY_HERE
    }


def only(plan, outcome):
    [(_, line)] = plan.of(outcome)
    return line


def exported(session):
    return transfer.written(
        transfer.export(session, list(Part), actor=OPERATOR), TransferFormat.YAML
    )


def test_rules_are_added_and_changed_with_the_values_that_they_are_for(session):
    before = len(events(session))
    assert reviewed(session, FILE.replace("6000", "9000")).of(PlanOutcome.REFUSED) != []

    plan = imported(session, FILE)

    assert outcomes(plan) == {
        ("settings", "chunk_size"): "change",
        ("settings", "greeting"): "add",
        ("rules", "chunk_size"): "change",
        ("rules", "greeting"): "add",
        ("relations", "chunk_overlap * 9 < chunk_size"): "add",
        ("categories", "texts"): "change",
    }
    assert settings.by_key(session, "chunk_size").value == "6000"
    rule = editing.own_rule(session, "greeting")
    assert (rule.schema, rule.requires_reason) == ('{"minLength": 3}', True)
    assert editing.category_flags(session)["texts"]
    made = events(session)[before:]
    assert [one.action for one in made] == [
        *("setting:changed", "setting:created", "setting:rule-changed", "setting:rule-changed"),
        *("relation:added", "category:flagged", "transfer:imported"),
    ]
    assert {one.reason for one in made} == {"As in Git"}
    assert made[3].after["schema"] == '{"minLength": 3}'


def test_importing_again_changes_nothing_and_the_export_is_the_same(session):
    imported(session, FILE)
    before, first = len(events(session)), exported(session)

    assert set(outcomes(imported(session, FILE)).values()) == {"unchanged"}
    assert len(events(session)) == before
    assert transfer.compare(session, edit(first), actor=OPERATOR).differences == []
    for table in (SettingRule, ValueRelation, CategoryRule):
        session.execute(delete(table))
    session.commit()
    assert transfer.compare(session, edit(first), actor=OPERATOR).differences != []
    imported(session, first)
    assert exported(session) == first


def test_what_other_programs_named_oddly_keeps_no_export_from_being_read(session):
    session.add_all(
        [
            *(ApplicationSetting(key="", value="x"), SettingRule(key="", unit="words")),
            *(ValueRelation(expression=text) for text in (" a < b", "a < b ", " ")),
        ]
    )
    session.commit()

    text = exported(session)

    found = transfer.compare(session, edit(text), actor=OPERATOR).differences
    assert {line.outcome for _, line in found} == {PlanOutcome.ONLY_HERE}
    assert text.count("a < b") == 1


def test_a_file_of_the_former_format_leaves_rules_alone(session):
    text = FILE[: FILE.index("rules:")].replace("console/2", "console/1").replace("6000", "700")

    plan = imported(session, text)

    assert {part for part, _ in outcomes(plan)} == {"settings"}
    assert plan.of(PlanOutcome.ONLY_HERE) != []
    assert {part for part, _ in plan.of(PlanOutcome.ONLY_HERE)} == {Part.SETTINGS}


def test_what_only_the_database_has_is_told_and_kept(session):
    stored = editing.all_rules(session)
    text = f"{HEAD}rules: []\nrelations: []\ncategories: []\n"

    plan = imported(session, text)

    here = [line.name for part, line in plan.of(PlanOutcome.ONLY_HERE) if part is Part.RULES]
    assert here == [one.key for one in stored.rules]
    assert editing.all_rules(session) == stored


def test_a_rule_that_asks_for_nothing_is_removed_and_its_mark_stays(session):
    session.add(SettingRule(key="llm_model", unit="words", is_secret=True))
    session.commit()

    plan = imported(session, f"{HEAD}rules: [{{key: llm_model}}, {{key: log_level}}]")

    assert set(outcomes(plan).values()) == {"change"}
    left = session.scalars(
        select(SettingRule).where(SettingRule.key.in_(["llm_model", "log_level"]))
    )
    assert [(row.key, row.unit, row.is_secret) for row in left] == [("llm_model", None, True)]
    assert "is_secret" not in exported(session)


REFUSED = [
    ("rules: [{key: unheard_of, unit: s}]", "There is no setting named unheard_of."),
    ("rules: [{key: chunk_size, schema: 'no'}]", "The schema is not JSON"),
    ("""rules: [{key: chunk_size, schema: '{"$ref": "x"}'}]""", "“$ref” cannot be used here."),
    ("relations: [{expression: chunk_size}]", "A relation compares"),
    ("relations: [{expression: chunk_size < cache_enabled}]", "so it checks nothing"),
    ("categories: [{name: ghosts, requires_reason: true}]", "no category named ghosts"),
]


@pytest.mark.parametrize(("entry", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_what_a_page_refuses_is_refused(session, entry, sentence):
    before = exported(session)

    assert sentence in only(imported(session, f"{HEAD}{entry}"), PlanOutcome.REFUSED).reason
    assert exported(session) == before


def test_a_rule_goes_with_its_setting_where_that_is_refused(session):
    text = FILE.replace("value: Hello", "value: x")

    plan = imported(session, text)

    assert {line.name for _, line in plan.of(PlanOutcome.REFUSED)} == {"greeting"}
    assert len(plan.of(PlanOutcome.REFUSED)) == 2
    assert editing.own_rule(session, "greeting") == editing.own_rule(session, "unheard_of")


def test_rules_need_the_permission_to_change_settings(session, person):
    nora = acting(person("nora", permissions=["settings:read"]))

    plan = imported(session, FILE, actor=nora)

    reasons = [line.reason for part, line in plan.of(PlanOutcome.REFUSED) if part.is_rule]
    assert reasons.count("You need the permission settings:update for this.") == len(reasons) == 4
    assert plan.saved == []


def test_the_plan_tells_the_present_values_that_break_a_new_rule(session):
    text = f"""{HEAD}rules: [{{key: chunk_size, schema: '{{"maximum": 500}}'}}]
relations: [{{expression: chunk_size < chunk_overlap}}, {{expression: ghost < chunk_size}}]
"""
    lines = {line.name: line.reason for _, line in imported(session, text).saved}

    assert lines["chunk_size"] == "The value of chunk_size breaks it: it must be at most 500."
    assert lines["chunk_size < chunk_overlap"].startswith("chunk_size must be less than")
    assert lines["ghost < chunk_size"] == "There is no setting named ghost."
    assert settings.by_key(session, "chunk_size").value == "1000"


@pytest.mark.parametrize(
    "entry",
    [
        "rules: [{key: chunk_size}]",
        "categories: [{name: rag, requires_reason: false}]",
        "relations: [{expression: chunk_size < 99999}]",
    ],
)
def test_what_needs_a_reason_needs_one_to_be_changed(session, entry):
    category = settings.by_key(session, "chunk_size").category
    session.add(CategoryRule(category=category, requires_reason=True))
    session.commit()
    text = f"{HEAD}{entry}".replace("name: rag", f"name: {category}")

    with pytest.raises(InvalidValue, match="needs a reason"):
        imported(session, text, reason="")
    session.rollback()
    assert len(imported(session, text).saved) == 1


def test_a_rule_that_nobody_can_read_is_exported_and_stays(session):
    session.execute(
        update(SettingRule).where(SettingRule.key == "chunk_size").values(schema="{broken")
    )
    session.commit()

    plan = transfer.compare(session, edit(exported(session)), actor=OPERATOR)

    assert plan.differences == []


def test_a_rule_that_has_changed_since_the_review_is_reviewed_again(session):
    shown = reviewed(session, FILE).content.text
    session.execute(
        update(SettingRule).where(SettingRule.key == "chunk_size").values(unit="tokens")
    )
    session.commit()

    with pytest.raises(ReviewOutdated):
        imported(session, FILE, reviewed=shown)


def test_the_statements_do_not_grow_with_the_rules(session):
    keys = [f"key{number:03}" for number in range(60)]
    session.add_all(ApplicationSetting(key=key, value="5", data_type="integer") for key in keys)
    session.commit()

    def statements(count, unit):
        rules = "".join(f"- {{key: {key}, unit: {unit}}}\n" for key in keys[:count])
        texts = "".join(f"- {{expression: {key} < 9{count}}}\n" for key in keys[:count])
        seen = []
        engine, name = session.get_bind(), "before_cursor_execute"
        event.listen(engine, name, note := lambda *_: seen.append(1))
        imported(session, f"{HEAD}rules:\n{rules}relations:\n{texts}")
        event.remove(engine, name, note)
        return len(seen)

    few = statements(2, "s")
    assert statements(60, "m") <= few + 2
