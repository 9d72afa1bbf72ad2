"""Marks, rules and relations need a reason where their setting or its category asks for one."""

import pytest
from sqlalchemy import select, update

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import (
    NEW,
    FlagsEdit,
    RelationEdit,
    RuleEdit,
    TypedRule,
)
from app.models import CategoryRule, SettingRule, ValueRelation
from tests.support.people import OPERATOR


@pytest.fixture
def flagged(session):
    """`chunk_size` by its own rule, `log_level` by its category."""
    needs_reason = update(SettingRule).where(SettingRule.key == "chunk_size")
    session.execute(needs_reason.values(requires_reason=True))
    category = settings.by_key(session, "log_level").category
    session.add(CategoryRule(category=category, requires_reason=True))
    session.commit()
    return category


def mark(session, reason):
    setting_id = settings.by_key(session, "log_level").id
    settings.mark_secret(session, setting_id, reason, is_secret=True, actor=OPERATOR)


def ask_for_no_reason(session, reason):
    setting_id = settings.by_key(session, "chunk_size").id
    etag = editing.rule_etag(editing.own_rule(session, "chunk_size"))
    edit = RuleEdit(TypedRule(minimum="1", unit="characters"), etag, reason)
    editing.change_rule(session, setting_id, edit, actor=OPERATOR)


def remove_rule(session, reason):
    editing.remove_rule(session, "log_level", reason, actor=OPERATOR)


def add_relation(session, reason):
    edit = RelationEdit("chunk_size < 9000", reason=reason)
    editing.put_relation(session, NEW, edit, actor=OPERATOR)


def relate_others(session, reason):
    relation_id, etag = stored_relation(session)
    edit = RelationEdit("max_tokens < 9000", etag=etag, reason=reason)
    editing.put_relation(session, relation_id, edit, actor=OPERATOR)


def remove_relation(session, reason):
    relation_id, etag = stored_relation(session)
    edit = RelationEdit("", etag=etag, reason=reason)
    editing.remove_relation(session, relation_id, edit, actor=OPERATOR)


def unflag(session, reason):
    etag = editing.flags_etag(editing.category_flags(session))
    editing.change_flags(session, FlagsEdit([], etag, reason), actor=OPERATOR)


def stored_relation(session):
    relation_id = session.scalars(select(ValueRelation.id)).one()
    return relation_id, editing.relation_etag(editing.get_relation(session, relation_id))


@pytest.mark.usefixtures("flagged")
@pytest.mark.parametrize(
    "change",
    [mark, ask_for_no_reason, remove_rule, add_relation, relate_others, remove_relation, unflag],
)
def test_a_needed_reason_is_asked_for(session, change):
    with pytest.raises(InvalidValue, match="needs a reason") as refused:
        change(session, "  ")
    assert refused.value.field == "reason"
    session.rollback()

    change(session, "Agreed.")


@pytest.mark.usefixtures("flagged")
def test_a_relation_of_other_settings_needs_none(session):
    editing.put_relation(session, NEW, RelationEdit("max_tokens < 9000"), actor=OPERATOR)
