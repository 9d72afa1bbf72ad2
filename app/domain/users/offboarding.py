"""Offboard a user: deactivate them, end their sessions and remove their roles, as one save."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.domain import access, audit, reviews, roles
from app.domain.access import RoleGrants
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.authentication import one_time_links, sessions
from app.domain.authentication.one_time_links import Purpose
from app.domain.confirmation import UNREVIEWED, Confirmation
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import assignments, lifecycle
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.user import ADMIN


@dataclass(frozen=True)
class Offboarding:
    """The access and the sessions that leave with a user.

    Attributes:
        granting: Their roles.
        only_theirs: The codes of the permissions that no other active user but administrators has.
        content: The content of the review.
    """

    granting: Sequence[RoleGrants]
    only_theirs: Sequence[str]
    content: ReviewContent


def review_offboarding(session: DbSession, user: User) -> Offboarding:
    """Return the roles of a user, and what nobody else could do without them."""
    granting = roles.held_by(session, [user.id])
    only_theirs = _only_theirs(session, user.id)
    access_content = lifecycle.access_content(user, granting)
    ids = {row.id: row.code for row in only_theirs}
    parts = {
        **access_content.parts,
        "only": reviews.rows_of("Permissions that only they have", Permission, ids),
    }
    content = ReviewContent(access_content.names, parts)
    return Offboarding(granting, list(ids.values()), content)


def offboard(
    session: DbSession, user_id: int, typed: Confirmation = UNREVIEWED, *, actor: Actor
) -> User:
    """Deactivate the user, end their sessions, revoke their links, and remove all their roles.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        typed: The reason, and the reviewed content.
        actor: The person or command making the change.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The actor may not change users or assign roles, or the user has
            permissions that the actor does not have.
        LastAdministrator: Nobody else can administer the console.
        ReviewOutdated: The user has other permissions than were reviewed.
        InvalidValue: The reason is too long.
    """
    user = lifecycle.load_for_change(session, user_id, actor)
    access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    reason = checked_reason(typed.reason)
    review = review_offboarding(session, user)
    if typed.reviewed is not None:
        reviews.hold(typed.reviewed, review.content)
    was_administrator, target = access.is_administrator(user), Target.of_user(user)
    changes = _carry_out(session, user, review.granting)
    if changes:
        pairs = [(target, change) for change in changes]
        audit.record_save(session, pairs, actor=actor, reason=reason)
    if was_administrator:
        access.refuse_without_administrator(session, user)
    return user


def _carry_out(session: DbSession, user: User, granting: Sequence[RoleGrants]) -> list[Change]:
    changes = []
    if user.is_active:
        user.is_active = False
        changes.append(Change("user:deactivated", {"is_active": True}, {"is_active": False}))
        session.flush()
    if sessions.end_all(session, user.id):
        changes.append(Change("sessions:ended"))
    one_time_links.revoke(session, Purpose.RESET, user.id)
    assignments.record_outside(session, user, granting)
    assignments.remove(session, user, granting)
    removed = (Change("role:unassigned", before={"role": role.name}) for role in granting)
    return [*changes, *removed]


def _only_theirs(session: DbSession, user_id: int) -> Sequence[Permission]:
    others, grants, their_role = user_roles.alias(), role_permissions.alias(), aliased(Role)
    of_others = (
        exists()
        .where(
            grants.c.permission_id == Permission.id,
            others.c.role_id == grants.c.role_id,
            others.c.user_id != user_id,
            their_role.id == others.c.role_id,
            their_role.name != ADMIN,
            User.id == others.c.user_id,
            User.is_active,
        )
        .correlate(Permission)
    )
    granted = select(role_permissions.c.permission_id).join(
        user_roles, user_roles.c.role_id == role_permissions.c.role_id
    )
    granted = granted.join(Role, Role.id == user_roles.c.role_id)
    granted = granted.where(user_roles.c.user_id == user_id, Role.name != ADMIN)
    query = select(Permission).where(Permission.id.in_(granted), ~of_others)
    return session.scalars(query.order_by(Permission.code)).all()
