"""Assign roles to a user and remove them, and review such a change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, insert
from sqlalchemy.orm.exc import StaleDataError

from app.domain import access, audit, etags, reviews, roles
from app.domain.access import Holder, RoleGrants
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users.role_change import RoleChange
from app.models import DbSession, User, user_roles
from app.models.user import ADMIN

_ASSIGN = insert(user_roles)
_UNASSIGN = delete(user_roles).where(
    user_roles.c.user_id == bindparam("of_user"), user_roles.c.role_id == bindparam("of_role")
)


class AssignmentChangedMeanwhile(ChangedMeanwhile):
    """The user's roles have changed since the page was opened.

    Attributes:
        role_ids: The current roles.
    """

    def __init__(self, user: User, current: Iterable[RoleGrants]) -> None:
        super().__init__(
            f"The roles of {user.username} were changed by somebody else while you were editing."
        )
        self.role_ids = frozenset(role.id for role in current)


@dataclass(frozen=True)
class AssignmentEdit:
    """The new roles of a user.

    Attributes:
        role_ids: The roles.
        etag: The etag of the roles that were shown.
        reason: The actor's reason.
        reviewed: The reviewed outcome; see `reviews.hold`.
        undoes: The id of the event that the change undoes, if it undoes one.
    """

    role_ids: frozenset[int]
    etag: str
    reason: str = ""
    reviewed: str | None = None
    undoes: int | None = None


@dataclass(frozen=True)
class AssignmentReview:
    """The roles and permissions that a user gains and loses by a change."""

    gained_roles: tuple[str, ...]
    lost_roles: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    content: ReviewContent

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing would change."""
        return not self.gained_roles and not self.lost_roles


def roles_etag(role_ids: Iterable[int]) -> str:
    """Return the digest of a user's roles that an edit is checked against."""
    return etags.of(sorted(role_ids))


def review_roles(
    session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor
) -> AssignmentReview:
    """Return what the user would gain and lose with exactly these roles.

    A change that `set_roles` would refuse is refused here already, before anyone writes a reason.

    Raises:
        RuleError: As `set_roles`.
    """
    user = session.get(User, user_id, populate_existing=True)
    if user is None:
        raise NotFound("This user does not exist.")
    change = _requested(session, user, edit)
    checked_reason(edit.reason)
    _allowed(session, user, change, actor)
    if _has_admin(change.unassigned):
        access.refuse_losing(session, user)
    return AssignmentReview(
        gained_roles=tuple(role.name for role in change.assigned),
        lost_roles=tuple(role.name for role in change.unassigned),
        gained=roles.codes_of(session, change.gained),
        lost=roles.codes_of(session, change.lost),
        content=change.content(user),
    )


def set_roles(
    session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor
) -> tuple[RoleGrants, ...]:
    """Give a user exactly these roles, and record each that is assigned or removed.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        edit: The roles, the etag of those that were shown, the reason.
        actor: The person or command making the change.

    Returns:
        The roles that were assigned or removed.

    Raises:
        NotFound: The user does not exist.
        AssignmentChangedMeanwhile: The roles have changed since the page was opened.
        ReviewOutdated: The user would gain or lose something else than was reviewed.
        InvalidValue: A role does not exist, or the reason is too long.
        BeyondOwnPermissions: The actor may not assign roles, or the user or a new role has
            permissions that the actor does not have.
        LastAdministrator: Nobody else can administer the console.
    """
    user = _load_for_update(session, user_id)
    change = _requested(session, user, edit)
    if edit.reviewed is not None:
        reviews.hold(edit.reviewed, change.content(user))
    return _carry_out(session, user, change, checked_reason(edit.reason), actor, edit.undoes)


def assign_role(
    session: DbSession, user_id: int, name: str, reason: str = "", *, actor: Actor
) -> tuple[RoleGrants, ...]:
    """Assign one role to a user; see `set_roles` for the refusals."""
    reason = checked_reason(reason)
    user = _load_for_update(session, user_id)
    before, named = _named(session, user_id, name)
    return _carry_out(session, user, RoleChange(before, [*before, *named]), reason, actor)


def unassign_role(
    session: DbSession, user_id: int, name: str, reason: str = "", *, actor: Actor
) -> tuple[RoleGrants, ...]:
    """Remove one role from a user; see `set_roles` for the refusals."""
    reason = checked_reason(reason)
    user = _load_for_update(session, user_id)
    before, named = _named(session, user_id, name)
    after = [role for role in before if role not in named]
    return _carry_out(session, user, RoleChange(before, after), reason, actor)


def remove(session: DbSession, user: User, unassigned: Sequence[RoleGrants]) -> None:
    """Remove roles from a locked user; refuses nothing, and records nothing."""
    if not unassigned:
        return
    rows = [{"of_user": user.id, "of_role": role.id} for role in unassigned]
    result = cast(CursorResult[Any], session.connection().execute(_UNASSIGN, rows))
    if result.rowcount != len(rows):
        # Other programs do not wait for the lock. The work is retried, and then finds a conflict.
        raise StaleDataError(f"A role of {user.username} was removed by another program.")
    session.expire(user, ["roles"])


def record_outside(session: DbSession, user: User, held: Sequence[RoleGrants]) -> None:
    """Record what another program did to the roles of a locked user, before they are changed."""
    names = frozenset(role.name for role in held)
    holder = Holder(user.id, user.username, names)
    access.record_access_from_outside(session, access.ROLES, [holder])


def _load_for_update(session: DbSession, user_id: int) -> User:
    access.serialize_access_changes(session)
    return access.load_user_for_update(session, user_id)


def _named(
    session: DbSession, user_id: int, name: str
) -> tuple[Sequence[RoleGrants], Sequence[RoleGrants]]:
    """Return the roles of the user, and the one with that name."""
    role_ids = frozenset({roles.named(session, name).id})
    return roles.before_and_after(session, user_id, role_ids)


def _requested(session: DbSession, user: User, edit: AssignmentEdit) -> RoleChange:
    before, after = roles.before_and_after(session, user.id, edit.role_ids)
    if edit.etag != roles_etag(role.id for role in before):
        raise AssignmentChangedMeanwhile(user, before)
    roles.refuse_missing(edit.role_ids, after)
    return RoleChange(before, after)


def _allowed(session: DbSession, user: User, change: RoleChange, actor: Actor) -> bool:
    """Tell whether anything changes, and refuse a change that the actor may not make."""
    if not change.assigned and not change.unassigned:
        return False
    own = access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    access.refuse_escalation(session, own, user, change.assigned)
    return True


def _carry_out(
    session: DbSession,
    user: User,
    change: RoleChange,
    reason: str,
    actor: Actor,
    undoes: int | None = None,
) -> tuple[RoleGrants, ...]:
    if not _allowed(session, user, change, actor):
        return ()
    assigned, unassigned = change.assigned, change.unassigned
    record_outside(session, user, change.before)
    remove(session, user, unassigned)
    _assign(session, user, assigned)
    changes = [
        *(audit.Change("role:assigned", after={"role": role.name}) for role in assigned),
        *(audit.Change("role:unassigned", before={"role": role.name}) for role in unassigned),
    ]
    target = Target.of_user(user)
    events = [(target, change.undoing(undoes)) for change in changes]
    audit.record_save(session, events, actor=actor, reason=reason)
    if _has_admin(unassigned) and access.can_sign_in(user):
        access.refuse_without_administrator(session, user)
    return (*assigned, *unassigned)


def _assign(session: DbSession, user: User, assigned: Sequence[RoleGrants]) -> None:
    if assigned:
        rows = [{"user_id": user.id, "role_id": role.id} for role in assigned]
        session.connection().execute(_ASSIGN, rows)
        session.expire(user, ["roles"])


def _has_admin(names: Sequence[RoleGrants]) -> bool:
    return any(role.name == ADMIN for role in names)
