"""The page that removes a relation, and the way back."""

import pytest
from sqlalchemy import select

from app.models import SettingRule, ValueRelation

SQLITE = pytest.mark.only_on("sqlite")


def relations(session):
    session.expire_all()
    return session.scalars(select(ValueRelation)).all()


def test_a_relation_is_removed_and_comes_back_by_undo(sign_in, ada, session):
    [relation] = relations(session)
    browser = sign_in(ada)
    page = browser.get(f"/settings/remove-relation/{relation.id}")

    removed = page.submit("remove-form", reason="It was wrong.").follow()
    assert "Removed the relation chunk_overlap < chunk_size." in removed.text
    assert relations(session) == []

    link = browser.get("/audit").link("Undo… removed the relation chunk_overlap < chunk_size")
    review = browser.get(link).submit("relation-form")
    assert review.submit("save", confirmed=1).status_code == 303
    assert [one.expression for one in relations(session)] == ["chunk_overlap < chunk_size"]


@SQLITE
def test_a_needed_reason_is_asked_for(sign_in, ada, session):
    [relation] = relations(session)
    rule = session.scalars(select(SettingRule).where(SettingRule.key == "chunk_size")).one()
    rule.requires_reason = True
    session.commit()

    page = sign_in(ada).get(f"/settings/remove-relation/{relation.id}")
    refused = page.submit("remove-form")

    assert "Reason (required)" in page.text
    assert (refused.status_code, 'id="reason-error"' in refused.html) == (422, True)
    assert len(relations(session)) == 1


@SQLITE
def test_a_relation_that_changed_meanwhile_stays(sign_in, ada, session):
    [relation] = relations(session)
    page = sign_in(ada).get(f"/settings/remove-relation/{relation.id}")
    relation.severity = "warn"
    session.commit()

    refused = page.submit("remove-form")

    assert refused.status_code == 409
    assert "The relation was changed while you were editing it." in refused.text
    assert len(relations(session)) == 1


@SQLITE
def test_who_may_only_look_cannot_remove(sign_in, looker, session):
    [relation] = relations(session)

    assert not sign_in(looker).get(f"/settings/remove-relation/{relation.id}").can_edit("reason")
