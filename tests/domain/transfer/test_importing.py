"""The import of transfer files: a plan, one transaction, and the rules of the pages."""

import json
from math import inf

import pytest
from sqlalchemy import event, select

from app.domain import not_null, settings, transfer
from app.domain.errors import BeyondOwnPermissions, InvalidValue
from app.domain.plan_lines import PlanOutcome
from app.domain.reviews import ReviewOutdated
from app.domain.transfer import ImportEdit, Part, TransferFormat
from app.models import ApplicationSetting, CategoryRule, Role, User, ValueRelation
from tests.support.contents import events
from tests.support.people import OPERATOR, acting

HEAD = "format: rag-fortress-console/1\n"
FILE = f"""{HEAD}settings:
- key: chunk_size
  value: '777'
- key: greeting
  category: texts
  data_type: string
  value: |
    Grüße 🎈
    zwei
- key: store_api_key
  data_type: string
  secret: true
  is_set: true
roles:
- name: support
  description: Answers questions
  permissions: [user:read, role:read]
- name: viewer
  permissions: [document:read, settings:read]
assignments:
- username: omar
  roles: [support, viewer]
"""


def edit(text, **fields):
    return ImportEdit(transfer.read_file(text), **fields)


def imported(session, text, *, actor=OPERATOR, **fields):
    plan = transfer.import_file(session, edit(text, **fields), actor=actor)
    session.commit()
    return plan


def outcomes(plan):
    return {line.name: line.outcome.value for _, line in plan.lines if line.outcome != "only here"}


def refusal(session, text, *, actor=OPERATOR):
    [(_, line)] = transfer.review_import(session, edit(text), actor=actor).of(PlanOutcome.REFUSED)
    return line.reason


def test_what_a_file_has_is_added_and_changed_and_recorded(session, ada, omar):
    before = len(events(session))

    plan = imported(session, FILE, reason="As in Git")

    assert outcomes(plan) == {
        "chunk_size": "change",
        "greeting": "add",
        "store_api_key": "add",
        "support": "add",
        "viewer": "change",
        "omar": "change",
    }
    assert settings.by_key(session, "chunk_size").value == "777"
    assert settings.by_key(session, "greeting").value == "Grüße 🎈\nzwei\n"
    assert settings.by_key(session, "store_api_key").value is None
    session.refresh(omar)
    assert (omar.has_role("support"), omar.has_permission("settings:read")) == (True, True)
    made = events(session)[before:]
    assert [one.action for one in made] == [
        *("setting:changed", "setting:created", "setting:created", "role:created"),
        *("permission:granted", "role:assigned", "role:assigned", "transfer:imported"),
    ]
    assert {one.reason for one in made} == {"As in Git"}


def test_importing_again_changes_nothing(session, ada, omar):
    imported(session, FILE)
    before = len(events(session))

    plan = imported(session, FILE)

    assert set(outcomes(plan).values()) == {"unchanged"}
    assert len(events(session)) == before


def test_an_export_of_what_was_imported_is_the_file(session, ada, omar):
    imported(session, FILE)
    first = transfer.written(
        transfer.export(session, list(Part), actor=OPERATOR), TransferFormat.YAML
    )
    session.query(ApplicationSetting).filter_by(key="greeting").delete()
    session.query(Role).filter_by(name="support").delete()
    session.commit()

    imported(session, first)

    again = transfer.export(session, list(Part), actor=OPERATOR)
    assert transfer.written(again, TransferFormat.YAML) == first
    assert transfer.compare(session, edit(first), actor=OPERATOR).differences == []


REFUSED = [
    ("- {key: chunk_size, value: many}", "“many” is not a whole number"),
    ("- {key: chunk_size, value: 800, data_type: string}", "Its data type differs"),
    ("- {key: unheard_of, value: x}", "Create it first, or import"),
    ("- {key: Not So, value: x, data_type: string}", "A key starts with a lowercase letter"),
    ("- {key: llm_api_key, value: hunter2}", "llm_api_key is a secret. Files bring none"),
    ("- {key: my_password, value: hunter2, data_type: string}", "is a secret. Files bring none"),
    (
        '- {key: a_url, value: "x://u:hunter2@h/", data_type: string}',
        "holds an address with a pass",
    ),
    ("- {key: log_level, value: LOUD}", "log_level must be"),
    ("- {key: log_level, value: INFO, is_mutable: false}", "It is read-only in the file"),
]


@pytest.mark.parametrize(("entry", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_a_setting_that_a_rule_refuses_is_left_out_with_the_reason(session, entry, sentence):
    plan = imported(session, f"{HEAD}settings:\n{entry}\n- {{key: chunk_overlap, value: 99}}\n")

    [(_, line)] = plan.of(PlanOutcome.REFUSED)
    assert sentence in line.reason
    assert "hunter2" not in repr(line)
    assert settings.by_key(session, "chunk_overlap").value == "99"


def test_a_read_only_setting_stays(session):
    session.add(ApplicationSetting(key="fixed", value="1", is_mutable=False))
    session.commit()

    assert "Marked read-only" in refusal(session, f"{HEAD}settings: [{{key: fixed, value: 2}}]")
    same = edit(f"{HEAD}settings: [{{key: fixed, value: 1}}]")
    assert transfer.review_import(session, same, actor=OPERATOR).of(PlanOutcome.REFUSED) == []


def test_relations_hold_between_the_values_that_are_left(session):
    text = (
        f"{HEAD}settings: [{{key: chunk_size, value: many}}, {{key: chunk_overlap, value: 5000}}]"
    )
    session.add(ValueRelation(expression="chunk_overlap < chunk_size"))
    session.commit()

    plan = imported(session, text)

    assert set(outcomes(plan).values()) == {"refused"}


def test_a_relation_is_not_held_against_a_value_that_its_own_rule_refuses(session):
    text = f"{HEAD}settings: [{{key: chunk_size, value: 0}}, {{key: chunk_overlap, value: 500}}]"

    plan = imported(session, text)

    assert outcomes(plan) == {"chunk_size": "refused", "chunk_overlap": "change"}
    [(_, line)] = plan.of(PlanOutcome.REFUSED)
    assert line.reason == "chunk_size must be at least 1."
    assert settings.by_key(session, "chunk_overlap").value == "500"


def test_a_reason_is_demanded_where_a_category_needs_one(session):
    category = settings.by_key(session, "chunk_size").category
    session.add(CategoryRule(category=category, requires_reason=True))
    session.commit()

    with pytest.raises(InvalidValue, match="needs a reason"):
        imported(session, FILE)


ROLES_REFUSED = [
    ("- {name: admin, permissions: [user:read]}", "grants every permission, always"),
    ("- {name: viewer, permissions: all}", "Only the role admin"),
    ("- {name: support, permissions: [no:such]}", "There is no permission no:such."),
    ("- {name: 'a,b', permissions: []}", "a comma"),
    ("- {name: admin., permissions: []}", "looks like"),
    ("- {name: support, permissions: [user:delete]}", "so you cannot grant it"),
    ("- {name: viewer, permissions: [user:delete]}", "so you cannot grant it"),
    ("- {name: user, permissions: []}", "so you cannot change it"),
]


@pytest.mark.parametrize(("entry", "sentence"), ROLES_REFUSED, ids=range(len(ROLES_REFUSED)))
def test_a_role_that_a_rule_refuses_is_left_out_with_the_reason(session, person, entry, sentence):
    codes = ["role:read", "role:create", "role:update", "document:read"]
    nora = acting(person("nora", permissions=codes))

    assert sentence in refusal(session, f"{HEAD}roles:\n{entry}", actor=nora)


def test_nothing_is_taken_from_somebody_with_more_permissions(session, person):
    person("vip", roles=["viewer", "user"])
    nora = acting(person("nora", permissions=["role:read", "role:update", "document:read"]))

    reason = refusal(session, f"{HEAD}roles: [{{name: viewer, permissions: []}}]", actor=nora)

    assert "you cannot take anything from them" in reason


ASSIGNMENTS_REFUSED = [
    ("- {username: nobody, roles: [viewer]}", "There is no user named nobody"),
    ("- {username: omar, roles: [ghost]}", "There is no role named ghost"),
    ("- {username: omar, roles: [user]}", "grants permissions that you do not have"),
    ("- {username: ada, roles: [admin, viewer]}", "so you cannot change them"),
]


@pytest.mark.parametrize(("entry", "sentence"), ASSIGNMENTS_REFUSED, ids=range(4))
def test_an_assignment_beyond_the_actor_is_refused(session, person, ada, omar, entry, sentence):
    nora = acting(person("nora", permissions=["user:read", "role:assign", "document:read"]))

    assert sentence in refusal(session, f"{HEAD}assignments:\n{entry}", actor=nora)


def test_the_last_administrator_stays(session, ada, vera):
    plan = imported(session, f"{HEAD}assignments: [{{username: ada, roles: [viewer]}}]")

    [(_, line)] = plan.of(PlanOutcome.REFUSED)
    assert line.reason == "ada is the last administrator. Make somebody else one first."
    session.refresh(ada)
    assert ada.has_role("admin")


def test_each_change_needs_its_permission(session, person, omar):
    nora = acting(person("nora", permissions=["settings:read", "role:read", "user:read"]))

    plan = imported(session, FILE, actor=nora)

    reasons = {line.reason for _, line in plan.of(PlanOutcome.REFUSED)}
    needed = ("settings:update", "settings:create", "role:create", "role:update")
    assert {f"You need the permission {code} for this." for code in needed} <= reasons
    assert plan.saved == []
    only_users = acting(person("uma", permissions=["user:read"]))
    with pytest.raises(BeyondOwnPermissions, match="settings:read"):
        imported(session, FILE, actor=only_users)


def test_a_reason_that_is_too_long_is_told_by_the_review(session):
    with pytest.raises(InvalidValue, match="The reason is 501 characters long"):
        transfer.review_import(session, edit(FILE, reason="x" * 501), actor=OPERATOR)


def test_another_plan_than_the_reviewed_one_is_refused(session, omar):
    reviewed = transfer.review_import(session, edit(FILE), actor=OPERATOR).content.text
    settings.by_key(session, "chunk_size").value = "5"
    session.commit()

    with pytest.raises(ReviewOutdated):
        imported(session, FILE, reviewed=reviewed)


def test_the_statements_do_not_grow_with_the_file(session, ada, monkeypatch):
    # Else as often as five seconds pass.
    monkeypatch.setattr(not_null, "ASK_EVERY", inf)
    names = [f"user{number:03}" for number in range(62)]
    session.add_all(
        User(username=name, email=f"{name}@example.org", password_hash="-") for name in names
    )
    session.commit()

    def statements(count, prefix):
        content = {
            "format": "rag-fortress-console/1",
            "settings": [
                {"key": f"{prefix}{i}", "value": "x", "data_type": "string"} for i in range(count)
            ],
            "roles": [{"name": f"{prefix}{i}", "permissions": ["user:read"]} for i in range(count)],
            "assignments": [{"username": n, "roles": [f"{prefix}0"]} for n in names[-count:]],
        }
        del names[-count:]  # else the next file takes their roles away, too
        seen = []
        engine, name = session.get_bind(), "before_cursor_execute"
        event.listen(engine, name, note := lambda *_: seen.append(1))
        imported(session, json.dumps(content))
        event.remove(engine, name, note)
        return len(seen)

    few = statements(2, "few")
    assert statements(60, "many") <= few


def test_a_comparison_tells_what_only_the_database_has(session, ada):
    plan = transfer.compare(session, edit(f"{HEAD}roles: []\nassignments: []"), actor=OPERATOR)

    assert [(part.value, line.name) for part, line in plan.of(PlanOutcome.ONLY_HERE)] == [
        *(("roles", name) for name in session.scalars(select(Role.name).order_by(Role.name))),
        ("assignments", "ada"),
    ]


def test_keys_that_differ_only_in_case_or_spaces_are_kept_apart_or_refused(session):
    for key in ("TOP_K", " padded", "é"):
        session.add(ApplicationSetting(key=key, value="1", data_type="integer"))
    session.commit()
    first = transfer.written(transfer.export(session, [Part.SETTINGS], actor=OPERATOR), "yaml")
    assert transfer.compare(session, edit(first), actor=OPERATOR).differences == []

    plan = imported(
        session,
        f"{HEAD}settings:\n- {{key: TOP_K, value: 2}}\n- {{key: ' padded', value: 2}}\n"
        "- {key: top_k, value: 3, data_type: integer}\n"
        "- {key: 'b ', value: 4, data_type: integer}\n"
        "- {key: b, value: 4, data_type: integer}\n"
        "- {key: B, value: 5, data_type: integer}\n"
        "- {key: é, value: 6}\n- {key: e, value: 6, data_type: integer}\n",
    )

    told = {line.name: line.reason for _, line in plan.of(PlanOutcome.REFUSED)}
    assert told == {
        "top_k": "There is a setting named TOP_K, which differs only in case, accents or spaces.",
        "b ": "A key cannot begin or end with a space.",
        "B": told["B"],
        "e": "There is a setting named é, which differs only in case, accents or spaces.",
    }
    assert "starts with a lowercase letter" in told["B"]
    values = {key: settings.by_key(session, key).value for key in ("TOP_K", " padded", "b", "é")}
    assert values == {"TOP_K": "2", " padded": "2", "b": "4", "é": "6"}
