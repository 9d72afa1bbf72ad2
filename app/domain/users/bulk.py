"""Many users changed at once, as it was reviewed: all of it is one transaction."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, delete, insert, select, update

from app.domain import access, audit
from app.domain.access import LastAdministrator
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.authentication import sessions
from app.domain.errors import ChangedMeanwhile
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import bulk_plan
from app.domain.users.bulk_plan import PEOPLE, BulkAction, BulkEdit, BulkPerson, BulkPlan, parts
from app.models import DbSession, Role, User, user_roles


class SelectionChangedMeanwhile(ChangedMeanwhile):
    """Other users are selected now than were reviewed."""


def review_many(session: DbSession, edit: BulkEdit, *, actor: Actor) -> BulkPlan:
    """Return what would be done to whom; see `change_many` for what is refused."""
    return bulk_plan.plan_of(session, edit, PEOPLE, actor=actor)


def change_many(session: DbSession, edit: BulkEdit, *, actor: Actor) -> BulkPlan:
    """Do something to many users, and record it with an event for each of them.

    Args:
        session: The database session; the caller commits it.
        edit: What to do to whom, and what was reviewed.
        actor: The person or command making the change.

    Returns:
        What was done to whom. Those who are so already, who hold what the actor does not, and the
        last administrator are left as they are.

    Raises:
        BeyondOwnPermissions: The actor may not do it, or the role grants what they do not hold.
        NotFound: There is no such role.
        InvalidValue: Nobody is selected, or too many are, or the reason is too long.
        SelectionChangedMeanwhile: Others are selected now than were reviewed.
        LastAdministrator: Nobody would be left to administer the console.
    """
    access.serialize_access_changes(session)
    plan = bulk_plan.plan_of(session, edit, PEOPLE.with_for_update(), actor=actor)
    reason = checked_reason(edit.reason)
    if edit.etag != plan.etag:
        raise SelectionChangedMeanwhile(_what_changed(edit.count, plan.count))
    if plan.changed:
        _carry_out(session, plan)
        changes = [(_target(person), _change(plan)) for person in plan.changed]
        audit.record_each(session, changes, actor=actor, reason=reason)
        if plan.action.takes_away and not access.is_administrator_left(session):
            raise LastAdministrator("Nobody would be left to administer the console.")
    return plan


def _what_changed(seen: int, now: int) -> str:
    if seen == now:
        return "Other users are selected now than when you looked. Nothing was changed."
    return f"{now:,} users are selected now; {seen:,} were when you looked. Nothing was changed."


def _carry_out(session: DbSession, plan: BulkPlan) -> None:
    for part in parts(sorted(person.id for person in plan.changed)):
        if plan.action is BulkAction.ASSIGN:
            _assign(session, plan.role, part)
        elif plan.action is BulkAction.UNASSIGN:
            _unassign(session, plan.role, part)
        else:
            _set_active(session, part, is_active=plan.action is BulkAction.ACTIVATE)


def _assign(session: DbSession, role: str, ids: Sequence[int]) -> None:
    pairs = select(User.id, _id_of(role)).where(User.id.in_(ids))
    session.execute(insert(user_roles).from_select(["user_id", "role_id"], pairs))


def _unassign(session: DbSession, role: str, ids: Sequence[int]) -> None:
    held = user_roles.c.user_id.in_(ids) & (user_roles.c.role_id == _id_of(role))
    session.execute(delete(user_roles).where(held))


def _id_of(role: str) -> ScalarSelect[int]:
    return select(Role.id).where(Role.name == role).scalar_subquery()


def _set_active(session: DbSession, ids: Sequence[int], *, is_active: bool) -> None:
    session.execute(
        update(User)
        .where(User.id.in_(ids))
        .values(is_active=is_active)
        .execution_options(synchronize_session=False)
    )
    if not is_active:
        sessions.end_all(session, *ids)


def _target(person: BulkPerson) -> Target:
    return Target("user", person.username, person.id)


def _change(plan: BulkPlan) -> Change:
    match plan.action:
        case BulkAction.ASSIGN:
            return Change("role:assigned", after={"role": plan.role})
        case BulkAction.UNASSIGN:
            return Change("role:unassigned", before={"role": plan.role})
        case BulkAction.ACTIVATE:
            return Change("user:activated", {"is_active": False}, {"is_active": True})
        case BulkAction.DEACTIVATE:
            return Change("user:deactivated", {"is_active": True}, {"is_active": False})
