"""Relations between values of settings, such as ``chunk_overlap < chunk_size``."""

from typing import Any

from app.api import preconditions
from app.api.endpoint import CREATED, Answer, created, endpoint, saved
from app.api.schemas import REASON, RELATION_FIELDS, RELATIONS, component, taken
from app.api.settings.values import READ, UPDATE
from app.domain import settings
from app.domain.actor import Actor
from app.domain.settings import Relation, RuleSeverity
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import NEW, RelationEdit, RelationReview
from app.extensions import db
from app.models import AuditEvent, DbSession

ALL, ONE = "/relations", "/relations/<row:relation_id>"
TYPED = taken("expression", **RELATION_FIELDS, **REASON)


@endpoint("GET", ALL, needs=(READ,), gives=RELATIONS)
def index() -> Any:
    """List the relations, each with what stored values break of it."""
    items = [
        {**_shown(line.relation), "broken": list(filter(None, [line.broken]))}
        for line in editing.all_rules(db.session).relations
    ]
    return {"items": items}


@endpoint("GET", ONE, needs=(READ,), gives=component("Relation"), has_etag=True)
def show(relation_id: int) -> Answer:
    """Read a relation."""
    return _answer(relation_id)


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
    relation_id, review = saved(_put, NEW, body)
    return created(_answer(relation_id, review), ALL, str(relation_id))


@endpoint(
    "PUT",
    ONE,
    read=READ,
    needs=(UPDATE,),
    gives=component("SavedRelation"),
    takes=TYPED,
    has_etag=True,
)
def replace(relation_id: int, body: dict[str, Any]) -> Answer:
    """Change a relation, and tell what stored values break of it."""
    return _answer(*saved(_put, relation_id, body))


@endpoint("DELETE", ONE, read=READ, needs=(UPDATE,), takes=taken(**REASON), has_etag=True)
def delete(relation_id: int, body: dict[str, Any]) -> None:
    """Remove a relation."""
    saved(_remove, relation_id, body.get("reason", ""))


def _put(
    session: DbSession, relation_id: int, body: dict[str, Any], *, actor: Actor
) -> tuple[int, RelationReview]:
    etag = "" if relation_id == NEW else _matched(session, relation_id)
    names = ("expression", "severity", "message", "reason")
    edit = RelationEdit(etag=etag, **{name: body[name] for name in names if name in body})
    review = editing.review_relation(session, relation_id, edit, actor=actor)
    event = editing.put_relation(session, relation_id, edit, actor=actor)
    return (event and event.target_id) or relation_id, review


def _remove(session: DbSession, relation_id: int, reason: str, *, actor: Actor) -> AuditEvent:
    edit = RelationEdit("", etag=_matched(session, relation_id), reason=reason)
    return editing.remove_relation(session, relation_id, edit, actor=actor)


def _matched(session: DbSession, relation_id: int) -> str:
    """Return the etag of a relation, locked, if the request was made for its current version."""
    settings.take_turns(session)
    etag = editing.relation_etag(editing.get_relation(session, relation_id))
    preconditions.compare(etag)
    return etag


def _answer(relation_id: int, review: RelationReview | None = None) -> Answer:
    relation = editing.get_relation(db.session, relation_id)
    content = _shown(relation)
    if review:
        content["broken"] = [value.sentence for value in review.found.broken]
        content["missing"], content["secret"] = review.found.missing, review.found.secret
    return Answer(content, editing.relation_etag(relation))


def _shown(relation: Relation) -> dict[str, Any]:
    severity = RuleSeverity.WARN if relation.is_warning else RuleSeverity.REFUSE
    return {
        "id": relation.id,
        "expression": relation.expression,
        "severity": severity.value,
        "message": relation.message,
    }
