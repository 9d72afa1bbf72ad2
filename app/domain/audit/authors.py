"""Authors: what a user changed, and the newest change of each of several things."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from app.domain.actor import ActorKind
from app.domain.audit import history
from app.models import AuditEvent, DbSession

OF_USERS = (ActorKind.PERSON, ActorKind.PROGRAM)


def by_user(user_id: int) -> list[ColumnElement[bool]]:
    """Return the conditions of what a user did, under any name, in pages or with a token.

    A user who was deleted may have had the id before.
    """
    acted = AuditEvent.actor_id == user_id, AuditEvent.actor_kind.in_(OF_USERS)
    return [*acted, history.actor_is_there()]


def is_by_user(session: DbSession, event: AuditEvent, user_id: int) -> bool:
    """Tell whether an event is of what a user did; see `by_user`."""
    query = select(AuditEvent.id).where(AuditEvent.id == event.id, *by_user(user_id))
    return session.scalar(query) is not None


def last_changes(
    session: DbSession, target_type: str, target_ids: Collection[int], actions: Collection[str]
) -> dict[int, AuditEvent]:
    """Return the newest event of each target, by the target's id, in one statement.

    Args:
        session: The database session.
        target_type: The type of the targets.
        target_ids: Their ids.
        actions: The actions that count.
    """
    newest = select(func.max(AuditEvent.id)).where(
        AuditEvent.target_type == target_type,
        AuditEvent.target_id.in_(sorted(target_ids)),
        AuditEvent.action.in_(actions),
    )
    query = select(AuditEvent).where(AuditEvent.id.in_(newest.group_by(AuditEvent.target_id)))
    return {event.target_id: event for event in session.scalars(query) if event.target_id}
