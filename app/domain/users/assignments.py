"""Assignments: which roles a user holds, and how that is reviewed and changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, insert, select
from sqlalchemy.orm.exc import StaleDataError

from app.domain import access, audit, etags, roles
from app.domain.access import RoleName
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.permissions import PermissionCode
from app.domain.text import checked_reason
from app.domain.users import creation
from app.models import DbSession, Permission, Role, User, user_roles
from app.models.user import ADMIN

_ASSIGN = insert(user_roles)
_UNASSIGN = delete(user_roles).where(
    user_roles.c.user_id == bindparam("held_by"), user_roles.c.role_id == bindparam("held")
)


class AssignmentChangedMeanwhile(ChangedMeanwhile):
    """The user's roles are no longer what the editor saw.

    Attributes:
        role_ids: The roles held now.
    """

    def __init__(self, user: User, held: Iterable[RoleName]) -> None:
        super().__init__(
            f"The roles of {user.username} were changed by somebody else while you were editing."
        )
        self.role_ids = frozenset(role.id for role in held)


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


@dataclass(frozen=True)
class _Exchange:
    """The roles that a user holds, and those that they shall hold."""

    held: Sequence[RoleName]
    wanted: Sequence[RoleName]

    @property
    def assigned(self) -> list[RoleName]:
        """Those that are new."""
        return [role for role in self.wanted if role not in self.held]

    @property
    def unassigned(self) -> list[RoleName]:
        """Those that are taken away."""
        return [role for role in self.held if role not in self.wanted]


def roles_etag(role_ids: Iterable[int]) -> str:
    """Return the digest of a user's roles that an edit is checked against."""
    return etags.of(sorted(role_ids))


def review_roles(session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor) -> Review:
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
    exchange = _asked(session, user, edit)
    checked_reason(edit.reason)
    found = _compare(session, exchange)
    if not found.is_empty:
        own = access.own_permissions(session, actor)
        access.refuse_escalation(session, own, user, exchange.assigned)
        if _has_admin(exchange.unassigned):
            access.refuse_losing(session, user)
    return found


def set_roles(
    session: DbSession, user_id: int, edit: AssignmentEdit, *, actor: Actor
) -> tuple[RoleName, ...]:
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
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, user_id)
    return _carry_out(session, user, _asked(session, user, edit), edit.reason, actor)


def assign_role(
    session: DbSession, user_id: int, name: str, *, actor: Actor
) -> tuple[RoleName, ...]:
    """Assign one role to a user; see `set_roles` for what is refused."""
    user, held, one = _with_one(session, user_id, name)
    return _carry_out(session, user, _Exchange(held, [*held, *one]), "", actor)


def unassign_role(
    session: DbSession, user_id: int, name: str, *, actor: Actor
) -> tuple[RoleName, ...]:
    """Unassign one role from a user; see `set_roles` for what is refused."""
    user, held, one = _with_one(session, user_id, name)
    kept = [role for role in held if role not in one]
    return _carry_out(session, user, _Exchange(held, kept), "", actor)


def _with_one(
    session: DbSession, user_id: int, name: str
) -> tuple[User, list[RoleName], list[RoleName]]:
    """Return the user, locked, the roles they hold, and the one of that name."""
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, user_id)
    role_ids = frozenset({roles.named(session, name).id})
    return user, *roles.held_and_wanted(session, user_id, role_ids)


def _asked(session: DbSession, user: User, edit: AssignmentEdit) -> _Exchange:
    held, wanted = roles.held_and_wanted(session, user.id, edit.role_ids)
    if edit.etag != roles_etag(role.id for role in held):
        raise AssignmentChangedMeanwhile(user, held)
    roles.refuse_missing(edit.role_ids, wanted)
    return _Exchange(held, wanted)


def _carry_out(
    session: DbSession, user: User, exchange: _Exchange, reason: str, actor: Actor
) -> tuple[RoleName, ...]:
    assigned, unassigned = exchange.assigned, exchange.unassigned
    reason = checked_reason(reason)
    if not assigned and not unassigned:
        return ()
    own = access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    access.refuse_escalation(session, own, user, assigned)
    _unassign(session, user, unassigned)
    _assign(session, user, assigned)
    changes = [
        *(audit.Change("role:assigned", after={"role": role.name}) for role in assigned),
        *(audit.Change("role:unassigned", before={"role": role.name}) for role in unassigned),
    ]
    audit.record_changes(session, creation.target_of(user), changes, actor=actor, reason=reason)
    if _has_admin(unassigned) and access.can_sign_in(user):
        access.refuse_without_administrator(session, user)
    return (*assigned, *unassigned)


def _assign(session: DbSession, user: User, assigned: Sequence[RoleName]) -> None:
    if assigned:
        rows = [{"user_id": user.id, "role_id": role.id} for role in assigned]
        session.connection().execute(_ASSIGN, rows)
        session.expire(user, ["roles"])


def _unassign(session: DbSession, user: User, unassigned: Sequence[RoleName]) -> None:
    if not unassigned:
        return
    rows = [{"held_by": user.id, "held": role.id} for role in unassigned]
    result = cast(CursorResult[Any], session.connection().execute(_UNASSIGN, rows))
    if result.rowcount != len(rows):
        # Programs that take no turns can do that: the work is done again, and finds a conflict.
        raise StaleDataError(f"A role of {user.username} was unassigned by another program.")
    session.expire(user, ["roles"])


def _has_admin(every: Sequence[RoleName]) -> bool:
    return any(role.name == ADMIN for role in every)


def _compare(session: DbSession, exchange: _Exchange) -> Review:
    before, after = _codes(session, exchange.held), _codes(session, exchange.wanted)
    return Review(
        gained_roles=tuple(role.name for role in exchange.assigned),
        lost_roles=tuple(role.name for role in exchange.unassigned),
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
    )


def _codes(session: DbSession, held: Sequence[RoleName]) -> frozenset[str]:
    query = select(Permission.code)
    if not _has_admin(held):
        ids = [role.id for role in held]
        query = query.where(Permission.roles.any(Role.id.in_(ids)))
    return frozenset(session.scalars(query))
