"""The page of a relation: added and changed after a review, refused at the field, undone."""

import pytest
from sqlalchemy import select

from app.models import ValueRelation

SQLITE = pytest.mark.only_on("sqlite")


def relations(session):
    session.expire_all()
    return session.scalars(select(ValueRelation).order_by(ValueRelation.id)).all()


def add(browser, expression, **fields):
    page = browser.get("/settings/relation")
    return page.submit("relation-form", expression=expression, **fields)


def test_a_relation_is_added_after_a_review_of_the_values_that_break_it(sign_in, ada, session):
    browser = sign_in(ada)

    review = add(browser, "chunk_size < chunk_overlap", severity="warn")
    assert "chunk_size must be less than" not in review.text
    assert "chunk_size should be less than chunk_overlap: chunk_size is 1000" in review.text
    saved = review.submit("save", confirmed=1, reason="A trial.").follow()

    assert "Saved the relation." in saved.text
    assert "chunk_size < chunk_overlap" in saved.text
    [_, added] = relations(session)
    assert (added.expression, added.severity) == ("chunk_size < chunk_overlap", "warn")
    assert "added the relation" in browser.get("/audit").text


@SQLITE
def test_a_relation_is_changed_and_the_change_undone(sign_in, ada, session):
    browser = sign_in(ada)
    [relation] = relations(session)
    path = f"/settings/relation/{relation.id}"
    review = browser.get(path).submit("relation-form", message="Overlap less.")
    review.submit("save", confirmed=1)
    assert relations(session)[0].message == "Overlap less."

    undo = browser.get(
        browser.get("/").link("Undo… changed the relation chunk_overlap < chunk_size")
    )

    assert "Filled in: the relation from before the change by ada" in undo.text
    assert undo.value("message") == ""


@SQLITE
@pytest.mark.parametrize(
    ("expression", "sentence"),
    [("chunk_size <", "the end is missing"), ("", "Type a relation"), ("1 < 2", "at least one")],
)
def test_what_is_no_relation_is_told_at_its_field(sign_in, ada, session, expression, sentence):
    page = add(sign_in(ada), expression)

    assert page.status_code == 422
    assert sentence in page.text
    assert 'id="expression-error"' in page.html
    assert page.value("expression") == expression
    assert len(relations(session)) == 1


@SQLITE
def test_the_review_says_which_keys_are_missing_or_secret(sign_in, ada):
    review = add(sign_in(ada), "chunks < 5 or smtp_password == 3")

    assert "There is no setting named chunks" in review.text


@SQLITE
def test_a_relation_that_changed_meanwhile_is_a_conflict(sign_in, ada, session):
    [relation] = relations(session)
    page = sign_in(ada).get(f"/settings/relation/{relation.id}")
    relation.expression = "chunk_overlap <= chunk_size"
    session.commit()

    conflict = page.submit("relation-form", expression="chunk_overlap < 9", message="No.")

    assert conflict.status_code == 409
    for text in (
        "chunk_overlap < chunk_size",
        "chunk_overlap <= chunk_size",
        "chunk_overlap < 9; says “No.”",
    ):
        assert text in conflict.text
    conflict.submit("conflict-form").submit("save", confirmed=1)
    assert relations(session)[0].expression == "chunk_overlap < 9"


@SQLITE
def test_who_may_only_look_sees_the_relation_without_a_form(sign_in, looker, session):
    [relation] = relations(session)

    page = sign_in(looker).get(f"/settings/relation/{relation.id}")

    assert "chunk_overlap < chunk_size" in page.text
    assert not page.can_edit("expression")


@SQLITE
def test_a_relation_of_which_a_part_compares_nothing_is_told_or_refused(sign_in, ada, session):
    browser = sign_in(ada)

    review = add(browser, "llm_provider < 5")
    assert "“llm_provider < 5” checks nothing with the present values" in review.text
    assert "The present values fit the relation" not in review.text
    review.submit("save", confirmed=1)
    assert "checks nothing with the present values" in browser.get("/settings/rules").text
    refused = add(browser, 'chunk_size == "900"')
    assert refused.status_code == 422
    assert "compares a number with a text, so it checks nothing." in refused.text
