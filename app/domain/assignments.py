"""Assignments: which roles a user holds, and how that is reviewed and changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain import access, audit, etags, roles, users
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.permissions import PermissionCode
from app.domain.text import checked_reason
from app.models import DbSession, Permission, Role, User
from app.models.user import ADMIN


class AssignmentChangedMeanwhile(ChangedMeanwhile):
    """The user's roles are no longer what the editor saw.

    Attributes:
        role_ids: The roles held now.
    """

    def __init__(self, user: User) -> None:
        super().__init__(
            f"The roles of {user.username} were changed by somebody else while you were editing."
        )
        self.role_ids = frozenset(role.id for role in user.roles)


@dataclass(frozen=True)
class AssignmentEdit:
    """The roles that a user shall hold, the etag they were ticked against, the reason."""

    role_ids: frozenset[int]
    etag: str
    reason: str = ""


@dataclass(frozen=True)
class Review:
    """What a user gains and loses by a change of roles."""

    gained_roles: tuple[str, ...]
    lost_roles: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the change changes nothing."""
        return not self.gained_roles and not self.lost_roles


def etag_of(role_ids: Iterable[int]) -> str:
    """Return the digest of a user's roles that an edit is checked against."""
    return etags.of(sorted(role_ids))


def review(session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor) -> Review:
    """Return what the user would gain and lose with exactly these roles.

    What `set_roles` would refuse is refused here already, before anybody gives a reason for it.

    Raises:
        NotFound: There is no such user.
        AssignmentChangedMeanwhile: The roles are no longer what the editor saw.
        InvalidValue: One of the roles does not exist, or the reason is too long.
        BeyondOwnPermissions: The actor may not assign roles, or does not hold all that the user or
            a new role holds.
        LastAdministrator: Nobody would be left to administer the console.
    """
    user = session.get(User, user_id, populate_existing=True)
    if user is None:
        raise NotFound("There is no such user.")
    _refuse_stale(user, edit)
    wanted = roles.with_ids(session, edit.role_ids)
    checked_reason(edit.reason)
    found = _compare(session, user.roles, wanted)
    if not found.is_empty:
        assigned = [role for role in wanted if role not in user.roles]
        access.refuse_beyond(session, access.own_holdings(session, actor), user, assigned)
        if all(role.name != ADMIN for role in wanted):
            access.refuse_losing(session, user)
    return found


def set_roles(
    session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor
) -> tuple[Role, ...]:
    """Make these the roles of a user, and record each that is assigned or unassigned.

    Args:
        session: The database session; the caller commits it.
        user_id: Whose roles to change.
        edit: The roles, the etag they were ticked against, the reason.
        actor: The person or command making the change.

    Returns:
        The roles that were assigned or unassigned.

    Raises:
        NotFound: There is no such user.
        AssignmentChangedMeanwhile: The roles are no longer what the editor saw.
        InvalidValue: One of the roles does not exist, or the reason is too long.
        BeyondOwnPermissions: The actor may not assign roles, or does not hold all that the user or
            a new role holds.
        LastAdministrator: Nobody would be left to administer the console.
    """
    access.take_turn(session)
    user = access.locked_user(session, user_id)
    _refuse_stale(user, edit)
    return _replace_roles(session, user, roles.with_ids(session, edit.role_ids), edit.reason, actor)


def assign_role(session: DbSession, user_id: int, name: str, *, actor: Actor) -> tuple[Role, ...]:
    """Assign one role to a user; see `set_roles` for what is refused."""
    access.take_turn(session)
    user = access.locked_user(session, user_id)
    return _replace_roles(session, user, [*user.roles, roles.named(session, name)], "", actor)


def unassign_role(session: DbSession, user_id: int, name: str, *, actor: Actor) -> tuple[Role, ...]:
    """Unassign one role from a user; see `set_roles` for what is refused."""
    access.take_turn(session)
    user = access.locked_user(session, user_id)
    gone = roles.named(session, name)
    return _replace_roles(session, user, [r for r in user.roles if r is not gone], "", actor)


def _replace_roles(
    session: DbSession, user: User, wanted: Sequence[Role], reason: str, actor: Actor
) -> tuple[Role, ...]:
    assigned = [role for role in wanted if role not in user.roles]
    unassigned = [role for role in user.roles if role not in wanted]
    reason = checked_reason(reason)
    if not assigned and not unassigned:
        return ()
    own = access.refuse_without(session, actor, PermissionCode.ROLE_ASSIGN)
    access.refuse_beyond(session, own, user, assigned)
    was_administrator = access.is_administrator(user)
    user.roles = list(wanted)
    changes = [
        *(audit.Change("role:assigned", after={"role": role.name}) for role in assigned),
        *(audit.Change("role:unassigned", before={"role": role.name}) for role in unassigned),
    ]
    audit.record_changes(session, users.target_of(user), changes, actor=actor, reason=reason)
    session.flush()
    if was_administrator and not access.is_administrator(user):
        access.refuse_without_administrator(session, user)
    return (*assigned, *unassigned)


def _refuse_stale(user: User, edit: AssignmentEdit) -> None:
    if edit.etag != etag_of(role.id for role in user.roles):
        raise AssignmentChangedMeanwhile(user)


def _compare(session: DbSession, held: Sequence[Role], wanted: Sequence[Role]) -> Review:
    before, after = _codes(session, held), _codes(session, wanted)
    return Review(
        gained_roles=tuple(role.name for role in wanted if role not in held),
        lost_roles=tuple(role.name for role in held if role not in wanted),
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
    )


def _codes(session: DbSession, held: Sequence[Role]) -> frozenset[str]:
    query = select(Permission.code)
    if not any(role.name == ADMIN for role in held):
        ids = [role.id for role in held]
        query = query.where(Permission.roles.any(Role.id.in_(ids)))
    return frozenset(session.scalars(query))
