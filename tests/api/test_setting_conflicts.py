"""If-Match of settings and their rules is compared under the locks of the change."""

import pytest
from sqlalchemy import insert, select, update

from app.models import ApplicationSetting, CategoryRule, SettingRule, ValueRelation
from tests.support.settings import stored

ONE, RULE = "/settings/chunk_size", "/settings/chunk_size/rule"
RELATION, FLAGS = "/relations/1", "/categories"
OF_SETTING = [
    ("PUT", ONE, {"value": 900}),
    ("PUT", f"{ONE}/secret", {}),
    ("DELETE", f"{ONE}/secret", {}),
    ("DELETE", ONE, {}),
]
OF_RULE = [("PUT", RULE, {"unit": "MB"}), ("DELETE", RULE, {})]
OF_RELATION = [("PUT", RELATION, {"expression": "chunk_size > 1"}), ("DELETE", RELATION, {})]
OF_FLAGS = [("PUT", FLAGS, {"requires_reason": [], "reason": "Done."})]

EACH = pytest.mark.parametrize(
    ("shown", "changes"),
    [(ONE, OF_SETTING), (RULE, OF_RULE), (RELATION, OF_RELATION), (FLAGS, OF_FLAGS)],
)


def written(shown, number):
    """Return what another program writes, each time something else."""
    text = f"Others wrote it: {number}."
    if shown == ONE:
        is_it = ApplicationSetting.key == "chunk_size"
        return update(ApplicationSetting).where(is_it).values(description=text)
    if shown == RULE:
        return update(SettingRule).where(SettingRule.key == "chunk_size").values(unit=str(number))
    if shown == RELATION:
        return update(ValueRelation).values(message=text)
    return insert(CategoryRule).values(category="llm", requires_reason=True)


@EACH
def test_what_is_written_before_the_locks_is_a_conflict(program, ada, late, shown, changes):
    api = program(ada)

    for number, (method, path, body) in enumerate(changes):
        etag = api.get(shown).headers["ETag"]
        late(written(shown, number))
        answer = api.send(method, path, body, If_Match=etag)
        assert (answer.status_code, answer.mimetype) == (412, "application/problem+json"), path
        assert answer.json["type"].endswith(":outdated")
    assert api.get(shown).status_code == 200


@EACH
def test_whatever_is_there_is_changed_as_it_is_then(program, ada, late, shown, changes):
    api = program(ada)
    method, path, body = changes[0]

    late(written(shown, 0))
    answer = api.send(method, path, body, If_Match="*")

    assert answer.status_code == 200, answer.text
    if shown == ONE:
        assert answer.json["description"].startswith("Others")


def test_a_value_written_meanwhile_is_replaced_when_any_will_do(program, session, ada, late):
    is_it = ApplicationSetting.key == "chunk_size"
    api = program(ada)

    late(update(ApplicationSetting).where(is_it).values(value="1300"))
    assert api.send("PUT", ONE, {"value": 900}, If_Match="*").status_code == 200
    assert stored(session, "chunk_size")["value"] == "900"
    late(update(ApplicationSetting).where(is_it).values(value="1300"))
    assert api.send("DELETE", ONE, If_Match="*").status_code == 204
    assert session.scalars(select(ApplicationSetting.id).where(is_it)).all() == []
