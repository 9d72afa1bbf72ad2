"""Two people edit the same rule, or the same relation, in the same moment: one of them is told."""

import pytest
from sqlalchemy import delete, select

from app.domain import settings
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import (
    RelationChangedMeanwhile,
    RelationEdit,
    RuleChangedMeanwhile,
    RuleEdit,
    TypedRule,
)
from app.models import SettingRule, ValueRelation
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.people import acting

ROUNDS = 30
KEY = "chunk_size"
LIMITS = ("2", "3")


@pytest.fixture
def couple(ada, person):
    """Two who administer."""
    return [acting(ada), acting(person("boris", roles=["admin"]))]


@pytest.mark.slow
@pytest.mark.parametrize("is_new", [False, True], ids=["a stored rule", "the first rule"])
def test_of_two_who_edit_a_rule_one_is_told(app, session, couple, is_new):
    setting_id, engine = settings.by_key(session, KEY).id, session.get_bind()
    rule = select(SettingRule.schema).where(SettingRule.key == KEY)
    session.rollback()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            if is_new:
                with engine.begin() as connection:
                    connection.execute(delete(SettingRule).where(SettingRule.key == KEY))
            # Nobody's rule is the one that is stored.
            typed = [f"{limit}{number}" for limit in LIMITS]
            outcomes = pair.at_once(
                *(
                    _ruling(session, setting_id, minimum, actor)
                    for minimum, actor in zip(typed, couple, strict=True)
                )
            )
            assert {type(one) for one in outcomes} == {type(None), RuleChangedMeanwhile}
            with engine.connect() as connection:
                saved = typed[outcomes.index(None)]
                assert connection.scalars(rule).all() == [f'{{"minimum": {saved}}}']


@pytest.mark.slow
def test_of_two_who_edit_a_relation_one_is_told(app, session, couple):
    relation_id, engine = session.scalars(select(ValueRelation.id)).first(), session.get_bind()
    message = select(ValueRelation.message).where(ValueRelation.id == relation_id)
    session.rollback()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            typed = [f"{name} says {number}." for name in ("Ada", "Boris")]
            outcomes = pair.at_once(
                *(
                    _relating(session, relation_id, text, actor)
                    for text, actor in zip(typed, couple, strict=True)
                )
            )
            assert {type(one) for one in outcomes} == {type(None), RelationChangedMeanwhile}
            with engine.connect() as connection:
                assert connection.scalar(message) == typed[outcomes.index(None)]


def _ruling(session, setting_id, minimum, actor):
    """Open the page of a rule; then save what was typed on it."""
    seen = []

    def write():
        edit = RuleEdit(TypedRule(minimum=minimum), seen[0])
        carry_out(lambda: editing.change_rule(session, setting_id, edit, actor=actor), actor=actor)

    return lambda: seen.append(editing.rule_etag(editing.own_rule(session, KEY))), write


def _relating(session, relation_id, message, actor):
    """Open the page of a relation; then save what was typed on it."""
    seen = []

    def write():
        edit = RelationEdit(seen[0].expression, "refuse", message, editing.relation_etag(seen[0]))
        carry_out(
            lambda: editing.put_relation(session, relation_id, edit, actor=actor), actor=actor
        )

    return lambda: seen.append(editing.get_relation(session, relation_id)), write
