"""Relations between values of settings, such as ``chunk_overlap < chunk_size``."""

from typing import Any

from app.api.changes import Resource
from app.api.endpoint import CREATED, Answer, created, endpoint, reviewed, saved
from app.api.schemas import (
    FLAG,
    REASON,
    RELATION_FIELDS,
    RELATION_FINDINGS,
    RELATIONS,
    REVIEWED,
    component,
    given,
    taken,
)
from app.api.settings.values import READ, UPDATE
from app.domain import settings
from app.domain.actor import Actor
from app.domain.settings import Relation, RuleSeverity
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import NEW, RelationEdit, RelationReview
from app.extensions import db
from app.models import DbSession

ALL, ONE = "/relations", "/relations/<row:relation_id>"
TYPED = taken("expression", **RELATION_FIELDS, **REASON, **REVIEWED)
REVIEW: dict[str, Any] = {
    "read": READ,
    "needs": (UPDATE,),
    "gives": given(**RELATION_FIELDS, **RELATION_FINDINGS, needs_reason=FLAG),
    "takes": taken("expression", **RELATION_FIELDS, **REASON),
}


def _lock(session: DbSession, relation_id: int) -> Relation:
    settings.take_turns(session)
    return editing.get_relation(session, relation_id)


def _answer(relation: Relation) -> Answer:
    etag = editing.relation_etag(relation)
    return Answer({**_shown(relation), "etag": etag}, etag)


RELATION = Resource("relation_id", READ, _lock, editing.get_relation, _answer)


@endpoint("GET", ALL, needs=(READ,), gives=RELATIONS)
def index() -> Any:
    """List the relations, each with what stored values break of it."""
    items = [
        {
            **_answer(line.relation).content,
            "broken": list(filter(None, [line.broken])),
            "unchecked": line.unchecked,
        }
        for line in editing.all_rules(db.session).relations
    ]
    return {"items": items}


@endpoint("GET", ONE, needs=(READ,), gives=component("Relation"), has_etag=True)
def show(relation_id: int) -> Answer:
    """Read a relation."""
    return _answer(editing.get_relation(db.session, relation_id))


@endpoint("POST", f"{ALL}/review", **REVIEW)
def review_new(body: dict[str, Any]) -> Answer:
    """Tell what stored values would break of a relation, which is not added."""
    return _reviewed(NEW, _edit(body))


@endpoint("POST", f"{ONE}/review", **REVIEW)
def review(relation_id: int, body: dict[str, Any]) -> Answer:
    """Tell what stored values would break of a changed relation, which is not saved."""
    stored = editing.get_relation(db.session, relation_id)
    return _reviewed(relation_id, _edit(body, stored))


@endpoint(
    "POST",
    ALL,
    read=READ,
    needs=(UPDATE,),
    gives=component("SavedRelation"),
    status=CREATED,
    takes=TYPED,
)
def create(body: dict[str, Any]) -> Answer:
    """Add a relation, and tell what stored values break of it."""
    relation_id, found = saved(_put, NEW, _edit(body))
    answer = _answer(editing.get_relation(db.session, relation_id))
    shown = Answer({**answer.content, **found}, answer.etag)
    return created(shown, ALL, str(relation_id))


@RELATION.change("PUT", ONE, needs=(UPDATE,), gives=component("SavedRelation"), takes=TYPED)
def replace(relation: Relation, body: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Change a relation, and tell what stored values break of it."""
    _, found = _put(db.session, relation.id, _edit(body, relation), actor=actor)
    return found


@RELATION.change("DELETE", ONE, needs=(UPDATE,), takes=taken(**REASON))
def delete(relation: Relation, body: dict[str, Any], actor: Actor) -> None:
    """Remove a relation."""
    edit = _edit({"expression": "", **body}, relation)
    editing.remove_relation(db.session, relation.id, edit, actor=actor)


def _edit(body: dict[str, Any], stored: Relation | None = None) -> RelationEdit:
    return RelationEdit(**body, etag=editing.relation_etag(stored) if stored else "")


def _put(
    session: DbSession, relation_id: int, edit: RelationEdit, *, actor: Actor
) -> tuple[int, dict[str, Any]]:
    """Save a relation; return its ID, and what stored values break of it."""
    review = editing.review_relation(session, relation_id, edit, actor=actor)
    event = editing.put_relation(session, relation_id, edit, actor=actor)
    return (event and event.target_id) or relation_id, _found(review)


def _reviewed(relation_id: int, edit: RelationEdit) -> Answer:
    found = reviewed(editing.review_relation, relation_id, edit)
    shown = {name: text for name, text in _shown(found.after).items() if name != "id"}
    content = {**shown, **_found(found), "needs_reason": bool(found.needing_reason)}
    return Answer(content, found.content.etag)


def _found(review: RelationReview) -> dict[str, list[str]]:
    found = review.found
    broken = [value.sentence for value in found.broken]
    return {**found._asdict(), "broken": broken}


def _shown(relation: Relation) -> dict[str, Any]:
    severity = RuleSeverity.WARN if relation.is_warning else RuleSeverity.REFUSE
    return {
        "id": relation.id,
        "expression": relation.expression,
        "severity": severity.value,
        "message": relation.message,
    }
