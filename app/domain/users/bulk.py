"""Change many users at once, as reviewed, in one transaction."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, delete, insert, select, update

from app.domain import access, audit, reviews
from app.domain.access import LastAdministrator
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.authentication import sessions
from app.domain.reviews import ReviewOutdated
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import bulk_plan
from app.domain.users.bulk_edit import BulkAction, BulkEdit
from app.domain.users.bulk_plan import PEOPLE, BulkPerson, BulkPlan, chunks
from app.models import DbSession, Role, User, user_roles


class SelectionChangedMeanwhile(ReviewOutdated):
    """The selection no longer contains the users that were reviewed."""


def review_many(session: DbSession, edit: BulkEdit, *, actor: Actor) -> BulkPlan:
    """Return the plan of a change; see `change_many` for the refusals."""
    return bulk_plan.plan_of(session, edit, PEOPLE, actor=actor)


def change_many(session: DbSession, edit: BulkEdit, *, actor: Actor) -> BulkPlan:
    """Change many users, and record an event for each of them.

    Args:
        session: The database session; the caller commits it.
        edit: The action, the selection, and the digest of the reviewed users.
        actor: The person or command making the change.

    Returns:
        The plan that was carried out. It skips users who need no change, who have permissions that
        the actor does not have, and the last administrator.

    Raises:
        BeyondOwnPermissions: The actor may not make the change, or the role grants permissions that
            they do not have.
        NotFound: The role does not exist.
        InvalidValue: No user or too many users are selected, or the reason is too long.
        SelectionChangedMeanwhile: The selection has changed since it was reviewed.
        ReviewOutdated: The outcome differs from what was reviewed.
        LastAdministrator: Nobody else can administer the console.
    """
    access.serialize_access_changes(session)
    plan = bulk_plan.plan_of(session, edit, PEOPLE.with_for_update(), actor=actor)
    reason = checked_reason(edit.reason)
    if edit.etag != plan.etag:
        raise SelectionChangedMeanwhile(_selection_changed(edit.count, plan.count))
    reviews.hold(edit.reviewed, plan.content)
    if plan.changed:
        carry_out(session, [plan])
        change = change_of(plan).undoing(edit.undoes)
        changes = [(target_of(person), change) for person in plan.changed]
        audit.record_save(session, changes, actor=actor, reason=reason)
        if plan.action.takes_away and not access.is_administrator_left(session):
            raise LastAdministrator("Nobody would be left to administer the console.")
    return plan


def _selection_changed(reviewed: int, current: int) -> str:
    numbers = "" if reviewed == current else f" from {reviewed:,} to {current:,} users"
    return f"The selection has changed{numbers} since you reviewed it. Please review it again."


def carry_out(session: DbSession, plans: Sequence[BulkPlan]) -> None:
    """Change the users of plans, which are locked; refuses nothing, and records nothing."""
    of_roles = [plan for plan in plans if plan.action.takes_role]
    # All of it before the first change, which would count as made outside.
    for user_ids in chunks(sorted({person.id for plan in of_roles for person in plan.changed})):
        _record_outside(session, user_ids)
    for plan in plans:
        for user_ids in chunks(sorted(person.id for person in plan.changed)):
            _change(session, plan, user_ids)


def _change(session: DbSession, plan: BulkPlan, user_ids: Sequence[int]) -> None:
    if plan.action is BulkAction.ASSIGN:
        _assign(session, plan.role, user_ids)
    elif plan.action is BulkAction.UNASSIGN:
        _unassign(session, plan.role, user_ids)
    else:
        _set_active(session, user_ids, is_active=plan.action is BulkAction.ACTIVATE)


def _record_outside(session: DbSession, user_ids: Sequence[int]) -> None:
    """Record what other programs did to the roles of these users, before they are changed."""
    holders = access.holders_of(session, access.ROLES, user_ids)
    access.record_access_from_outside(session, access.ROLES, holders)


def _assign(session: DbSession, role: str, user_ids: Sequence[int]) -> None:
    pairs = select(User.id, _id_of(role)).where(User.id.in_(user_ids))
    session.execute(insert(user_roles).from_select(["user_id", "role_id"], pairs))


def _unassign(session: DbSession, role: str, user_ids: Sequence[int]) -> None:
    assignments = user_roles.c.user_id.in_(user_ids) & (user_roles.c.role_id == _id_of(role))
    session.execute(delete(user_roles).where(assignments))


def _id_of(role: str) -> ScalarSelect[int]:
    return select(Role.id).where(Role.name == role).scalar_subquery()


def _set_active(session: DbSession, user_ids: Sequence[int], *, is_active: bool) -> None:
    session.execute(
        update(User)
        .where(User.id.in_(user_ids))
        .values(is_active=is_active)
        .execution_options(synchronize_session=False)
    )
    if not is_active:
        sessions.end_all(session, *user_ids)


def target_of(person: BulkPerson) -> Target:
    """Return a user as audit events name them."""
    return Target("user", person.username, person.id)


def change_of(plan: BulkPlan) -> Change:
    """Return the change that is recorded of each user whom a plan changes."""
    match plan.action:
        case BulkAction.ASSIGN:
            return Change("role:assigned", after={"role": plan.role})
        case BulkAction.UNASSIGN:
            return Change("role:unassigned", before={"role": plan.role})
        case BulkAction.ACTIVATE:
            return Change("user:activated", {"is_active": False}, {"is_active": True})
        case BulkAction.DEACTIVATE:
            return Change("user:deactivated", {"is_active": True}, {"is_active": False})
