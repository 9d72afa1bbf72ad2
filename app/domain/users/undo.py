"""Undo the assignments or the activations of a save, as far as they still stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.domain import access, audit, etags, roles
from app.domain.actor import Actor
from app.domain.audit import GONE, LeftOut, NothingToUndo
from app.domain.confirmation import Confirmation
from app.domain.errors import NotFound
from app.domain.users import assignments, bulk, bulk_plan
from app.domain.users.assignments import AssignmentEdit, AssignmentReview
from app.domain.users.bulk_edit import BulkAction, BulkEdit, Selection
from app.domain.users.bulk_plan import BulkPlan
from app.models import AuditEvent, DbSession, Role, User

ASSIGNED, UNASSIGNED = "role:assigned", "role:unassigned"
INVERSE = {
    ASSIGNED: BulkAction.UNASSIGN,
    UNASSIGNED: BulkAction.ASSIGN,
    "user:activated": BulkAction.DEACTIVATE,
    "user:deactivated": BulkAction.ACTIVATE,
}


@dataclass(frozen=True)
class UserUndo:
    """The edit that undoes a save.

    Attributes:
        event: The event that was chosen; its save is undone.
        edit: The edit; None if nothing is left to undo.
        left_out: The roles and users that are left out.
        user: The user, if the save changed the roles of one.
        outcome: The review of the edit, or the plan that was carried out.
    """

    event: AuditEvent
    edit: AssignmentEdit | BulkEdit | None
    left_out: Sequence[LeftOut]
    user: User | None = None
    outcome: AssignmentReview | BulkPlan | None = None


def review_undo(session: DbSession, event_id: int, *, actor: Actor) -> UserUndo:
    """Return what undoing a save would change, and what it would leave out.

    Raises:
        RuleError: As `undo`.
    """
    found = _of_save(session, event_id)
    if isinstance(found.edit, BulkEdit):
        return replace(found, outcome=bulk.review_many(session, found.edit, actor=actor))
    if found.edit and found.user:
        review = assignments.review_roles(session, found.user.id, found.edit, actor=actor)
        return replace(found, outcome=review)
    return found


def undo(
    session: DbSession, event_id: int, confirmation: Confirmation, *, actor: Actor
) -> UserUndo:
    """Undo what a save did to the roles of users, or to their accounts.

    What has changed since stays as it is: the review names it.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        confirmation: The reason, and the reviewed outcome.
        actor: The person who undoes it.

    Raises:
        NotFound: The event is not such a change.
        NothingToUndo: The changes no longer stand.
        ReviewOutdated: The outcome differs from what was reviewed.
        InvalidValue: The reason is too long.
        BeyondOwnPermissions: The actor may not make the opposite change; see `set_roles` and
            `change_many`.
        LastAdministrator: Nobody else can administer the console.
    """
    access.serialize_access_changes(session)
    found = _of_save(session, event_id)
    if found.edit is None:
        raise NothingToUndo
    edit = replace(
        found.edit,
        reason=confirmation.reason,
        reviewed=confirmation.reviewed or "",
        undoes=event_id,
    )
    if isinstance(edit, BulkEdit):
        return replace(found, outcome=bulk.change_many(session, edit, actor=actor))
    if found.user:
        assignments.set_roles(session, found.user.id, edit, actor=actor)
    return found


def _of_save(session: DbSession, event_id: int) -> UserUndo:
    event, changes = audit.saved_changes(session, event_id, INVERSE)
    same = [change for change in changes if _are_alike(change, event)]
    is_of_roles = event.action in {ASSIGNED, UNASSIGNED}
    if not same or (is_of_roles and not _role(event)):
        raise NotFound("This change does not exist.")
    of_roles = [change for change in changes if change.action in {ASSIGNED, UNASSIGNED}]
    if is_of_roles and len({change.target_id for change in of_roles}) == 1:
        return _of_one_user(session, event, of_roles)
    return _of_many(session, event, same)


def _are_alike(change: AuditEvent, event: AuditEvent) -> bool:
    return change.action == event.action and _role(change) == _role(event)


def _role(change: AuditEvent) -> str:
    """Return the name of the role that was assigned or removed; "" for none."""
    fields = {**audit.fields_of(change.before), **audit.fields_of(change.after)}
    return str(fields.get("role", ""))


def _of_one_user(session: DbSession, event: AuditEvent, changes: Sequence[AuditEvent]) -> UserUndo:
    user = session.get(User, event.target_id, populate_existing=True)
    if user is None or user.created_at > event.at:
        return UserUndo(event, None, [LeftOut(event.target_name, GONE)])
    known = _role_ids(session, {_role(change) for change in changes}, event.at)
    held = {role.id for role in roles.held_by(session, [user.id])}
    exchanged: set[int] = set()
    left_out = []
    for change in changes:
        name = _role(change)
        role_id = known.get(name)
        if role_id is None:
            left_out.append(LeftOut(name, GONE))
        elif (role_id in held) != (change.action == ASSIGNED):
            reason = "Has been assigned again" if role_id in held else "Has been removed since"
            left_out.append(LeftOut(name, reason))
        else:
            exchanged.add(role_id)
    edit = AssignmentEdit(frozenset(held ^ exchanged), assignments.roles_etag(held))
    return UserUndo(event, edit if exchanged else None, left_out, user)


def _of_many(session: DbSession, event: AuditEvent, changes: Sequence[AuditEvent]) -> UserUndo:
    ids = sorted({change.target_id for change in changes if change.target_id})
    present = _user_ids(session, ids, event.at)
    left_out = [
        LeftOut(change.target_name, GONE) for change in changes if change.target_id not in present
    ]
    name, action = _role(event), INVERSE[event.action]
    if action.takes_role and name not in _role_ids(session, {name}, event.at):
        return UserUndo(event, None, [LeftOut(name, GONE)])
    edit = BulkEdit(
        action, Selection(frozenset(present)), name, etags.of(sorted(present)), len(present)
    )
    return UserUndo(event, edit if present else None, left_out)


def _role_ids(session: DbSession, names: set[str], at: datetime) -> dict[str, int]:
    """Return the roles with these names that existed at a time; names are given again."""
    query = select(Role.name, Role.id).where(Role.name.in_(names), Role.created_at <= at)
    return {row.name: row.id for row in session.execute(query)}


def _user_ids(session: DbSession, user_ids: Sequence[int], at: datetime) -> set[int]:
    """Return the ids of the users who existed at a time; ids are given again."""
    query = select(User.id).where(User.created_at <= at)
    return {
        user_id
        for chunk in bulk_plan.chunks(user_ids)
        for user_id in session.scalars(query.where(User.id.in_(chunk)))
    }
