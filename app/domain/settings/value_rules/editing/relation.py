"""Review, add, change and remove relations between settings."""

from app.domain import audit, etags, reviews, validation
from app.domain.actor import Actor
from app.domain.errors import InvalidValue, NotFound
from app.domain.settings import lookup
from app.domain.settings.value_rules import checks, expressions, rules
from app.domain.settings.value_rules.editing import present_values, typed_rules
from app.domain.settings.value_rules.editing.relation_edit import (
    RelationChangedMeanwhile,
    RelationEdit,
    RelationReview,
    relation_fields,
)
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import RuleSeverity
from app.domain.target import Target
from app.domain.text import checked_line
from app.models import AuditEvent, DbSession, ValueRelation

ADDED, CHANGED, REMOVED = "relation:added", "relation:changed", "relation:removed"
MESSAGE_CHARACTERS = 500
NEW = 0


def get_relation(session: DbSession, relation_id: int) -> Relation:
    """Return a relation.

    Raises:
        NotFound: The relation does not exist.
    """
    return _relation_of(_get(session, relation_id))


def relation_etag(stored: Relation) -> str:
    """Return the digest of what an editor of the relation sees."""
    return etags.of(relation_fields(stored))


def keys_needing_reason(session: DbSession, *relations: Relation) -> list[str]:
    """Return the settings that the relations compare and that need a reason for a change."""
    return checks.needing_reason(session, {key for one in relations for key in one.keys})


def review_relation(
    session: DbSession, relation_id: int, edit: RelationEdit, *, actor: Actor
) -> RelationReview:
    """Return what an edit would change, and the present values that break the new relation.

    Args:
        session: The database session; it only reads.
        relation_id: The relation; `NEW` for one that is to be added.
        edit: The relation as typed.
        actor: The person or command who asks; unused, as every review is called alike.

    Raises:
        NotFound: The relation does not exist.
        RelationChangedMeanwhile: It has changed since it was shown.
        InvalidValue: The expression cannot be read, or a field is not valid.
    """
    del actor
    stored = _relation_of(_get(session, relation_id)) if relation_id else None
    return _review(session, stored, edit)


def put_relation(
    session: DbSession, relation_id: int, edit: RelationEdit, *, actor: Actor
) -> AuditEvent | None:
    """Add a relation or change it, and record who did it; stored values stay as they are.

    Args:
        session: The database session; the caller commits it.
        relation_id: The relation; `NEW` to add one.
        edit: The relation as typed.
        actor: The person or command making the change.

    Returns:
        The event that records it; None, with nothing recorded, if the relation is the same.

    Raises:
        NotFound: The relation does not exist.
        RelationChangedMeanwhile: It has changed since it was shown.
        ReviewOutdated: Other values than the reviewed ones break it.
        InvalidValue: The expression cannot be read or exists already, a field is not valid, or
            there is no reason where one is needed.
    """
    # Who saves a value waits for these locks, and reads the relations behind them; for those of the
    # settings where there is no relation yet.
    has_relations = rules.take_turns(session)
    lookup.lock_by_keys(session, Relation(relation_id, edit.expression).keys)
    if not has_relations:
        rules.take_turns_over_new(session)
    row = _get(session, relation_id) if relation_id else None
    review = _review(session, _relation_of(row) if row else None, edit)
    if review.is_empty:
        return None
    reviews.hold(edit.reviewed, review.content)
    reason = checks.reason_for(edit.reason, review.needing_reason)
    row = row or ValueRelation()
    for name, content in relation_fields(review.after).items():
        setattr(row, name, content)
    session.add(row)
    session.flush()
    return _recorded(session, row.id, review, reason, actor=actor)


def remove_relation(
    session: DbSession, relation_id: int, edit: RelationEdit, *, actor: Actor
) -> AuditEvent:
    """Remove a relation, and record who did it.

    Args:
        session: The database session; the caller commits it.
        relation_id: The relation.
        edit: The etag of the relation as it was shown, and the reason.
        actor: The person or command removing it.

    Raises:
        NotFound: The relation does not exist.
        RelationChangedMeanwhile: It has changed since it was shown.
        InvalidValue: There is no reason where one is needed, or it is too long.
    """
    rules.take_turns(session)
    row = _get(session, relation_id)
    stored = _relation_of(row)
    if edit.etag != relation_etag(stored):
        raise RelationChangedMeanwhile
    reason = checks.reason_for(edit.reason, keys_needing_reason(session, stored))
    session.delete(row)
    session.flush()
    target = Target("relation", stored.expression, relation_id)
    return audit.record(
        session, REMOVED, target, actor=actor, before=relation_fields(stored), reason=reason
    )


def earlier_relation(session: DbSession, event_id: int) -> tuple[AuditEvent, Relation]:
    """Return an event of a relation, and the relation from before it.

    Raises:
        NotFound: The event is not a change or the removal of a relation that can be restored.
    """
    event = audit.get(session, event_id)
    if event is None or event.action not in {CHANGED, REMOVED}:
        raise NotFound("This change does not exist.")
    before = audit.fields_of(event.before)
    stored = event.action == CHANGED and get_relation(session, event.target_id or 0)
    fields = (relation_fields(stored) if stored else {}) | before
    is_warning = fields.get("severity") == RuleSeverity.WARN
    expression, message = (str(fields.get(name) or "") for name in ("expression", "message"))
    return event, Relation(event.target_id or 0, expression, message, is_warning)


def _recorded(
    session: DbSession, relation_id: int, review: RelationReview, reason: str, *, actor: Actor
) -> AuditEvent:
    """Record what differs between the relation as it was and as it is."""
    new = relation_fields(review.after)
    old = relation_fields(review.before) if review.before else {}
    changed = [name for name in new if new[name] != old.get(name)]
    before, after = ({name: side[name] for name in changed if name in side} for side in (old, new))
    action = CHANGED if old else ADDED
    target = Target("relation", review.after.expression, relation_id)
    return audit.record(
        session, action, target, actor=actor, before=before or None, after=after, reason=reason
    )


def checked_relation(edit: RelationEdit, relation_id: int = NEW) -> Relation:
    """Return a relation as typed; another one may have the same expression.

    Raises:
        InvalidValue: The expression cannot be read, or a field is not valid.
    """
    passed = validation.all_of(
        expression=lambda: _expression(edit.expression),
        severity=lambda: typed_rules.checked_severity(edit.severity),
        message=lambda: checked_line(
            edit.message, field="message", what="The sentence", limit=MESSAGE_CHARACTERS
        ),
    )
    is_warning = passed["severity"] == RuleSeverity.WARN
    return Relation(relation_id, passed["expression"], passed["message"], is_warning)


def _review(session: DbSession, stored: Relation | None, edit: RelationEdit) -> RelationReview:
    if stored and edit.etag != relation_etag(stored):
        raise RelationChangedMeanwhile
    passed = validation.all_of(
        relation=lambda: checked_relation(edit, stored.id if stored else NEW),
        free=lambda: _refuse_taken(session, edit.expression, stored),
    )
    after = passed["relation"]
    found = present_values.broken_by_relation(session, after)
    needing = keys_needing_reason(session, after, *([stored] if stored else []))
    return RelationReview(stored, after, found, needing)


def _expression(text: str) -> str:
    field = expressions.FIELD
    expression = checked_line(text, field=field, what="The relation", limit=expressions.LONGEST)
    if not expression:
        raise InvalidValue("Type a relation, such as chunk_overlap < chunk_size.", field=field)
    expressions.read(expression)
    return expression


def _refuse_taken(session: DbSession, text: str, stored: Relation | None) -> None:
    others = rules.read_rules(session, []).relations
    own = stored and stored.id
    if any(one.expression == text.strip() and one.id != own for one in others):
        raise InvalidValue("This relation exists already.", field=expressions.FIELD)


def _get(session: DbSession, relation_id: int) -> ValueRelation:
    row = session.get(ValueRelation, relation_id, populate_existing=True)
    if row is None:
        raise NotFound("This relation does not exist.")
    return row


def _relation_of(row: ValueRelation) -> Relation:
    is_warning = row.severity == RuleSeverity.WARN
    return Relation(row.id, row.expression, row.message or "", is_warning)
