"""``--json`` of the commands that read: an object a line, with the same facts as the text."""

import json

import pytest

from app.domain import audit
from app.models import ApplicationSetting, SettingRule, ValueRelation

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def objects(flask):
    """Returns what a command prints with ``--json``, an object for each line."""

    def objects(*arguments):
        return [json.loads(line) for line in flask(*arguments, "--json").out.splitlines()]

    return objects


def test_a_setting_is_as_the_list_has_it(flask, objects):
    [found] = objects("settings", "get", "chunk_size")

    assert found in objects("settings", "list")
    assert found["value"] == flask("settings", "get", "chunk_size").out.strip()


def test_a_secret_is_told_of_without_its_value(flask, session, objects):
    session.add(ApplicationSetting(key="jwt_secret", value="hush", data_type="string"))

    [found] = objects("settings", "get", "jwt_secret")

    assert (found["is_secret"], found["is_set"], found["value"]) == (True, True, None)
    assert flask("settings", "get", "nothing", "--json").code == 1


def test_rules_tell_what_the_stored_value_breaks(session, flask, objects):
    flask("settings", "rule", "chunk_size", "--minimum", "5000", "--severity", "warn")

    [found] = objects("settings", "rule", "chunk_size")
    [listed] = [each for each in objects("settings", "rules") if each["key"] == "chunk_size"]

    assert (found["schema"], found["severity"]) == ({"minimum": 5000}, "warn")
    assert listed == found | {"broken": ["Should be at least 5000"], "unchecked": []}
    [line] = [
        line for line in flask("settings", "rules").out.splitlines() if line[:11] == "chunk_size "
    ]
    assert "At least 5000, in characters" in line
    assert line.endswith("Should be at least 5000")


def test_a_rule_that_nobody_can_read_is_listed(session, objects):
    session.add(SettingRule(key="top_k", schema="{", severity="refuse"))

    [found] = [each for each in objects("settings", "rules") if each["key"] == "top_k"]

    assert found["schema"] is None


def test_relations_tell_their_ids_and_whether_they_can_be_read(session, objects):
    session.add(strange := ValueRelation(expression="a <"))
    session.commit()

    found = {each["id"]: each for each in objects("settings", "relations")}

    assert found[strange.id]["is_readable"] is False
    assert {each["severity"] for each in found.values()} <= {"refuse", "warn"}


def test_categories_are_listed_with_their_flags(flask, objects):
    flask("settings", "category", "cache", "--needs-reason")

    found = objects("settings", "category")

    assert {"name": "cache", "requires_reason": True} in found
    assert objects("settings", "category", "cache") == [{"name": "cache", "requires_reason": True}]
    [line] = [
        line for line in flask("settings", "category").out.splitlines() if line[:5] == "cache"
    ]
    assert line.split(maxsplit=1)[1] == "needs a reason"
    assert flask("settings", "category", "--needs-reason").code == 2


def test_the_end_of_the_chain_is_an_object(session, objects):
    [found] = objects("audit", "head")

    assert found == audit.head(session)._asdict()


def test_the_state_of_the_search_index_is_an_object(objects):
    assert objects("users", "search-index", "status") == [{"state": "absent"}]


def test_findings_of_the_doctor_are_objects(flask, objects, ada):
    found = objects("doctor")

    assert found[0].keys() == {"verdict", "subject", "sentence"}
    lines = [f"{each['verdict']:<7}  {each['subject']}: {each['sentence']}" for each in found]
    assert lines == flask("doctor").out.splitlines()
