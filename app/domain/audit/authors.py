"""Authors: the newest change of each of several things, for pages that show a conflict."""

from collections.abc import Collection

from sqlalchemy import func, select

from app.models import AuditEvent, DbSession


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
