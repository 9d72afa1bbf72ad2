"""Escalation: nobody gives, or changes somebody who has, more permissions than their own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, select

from app.domain.actor import Actor
from app.domain.errors import BeyondOwnPermissions
from app.domain.target import Target
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.user import ADMIN

# A row for each permission, however many roles grant it; one without them for a user without roles.
_PERMISSIONS = (
    select(User.is_active, (Role.name == ADMIN).label("is_admin"), Permission.code)
    .distinct()
    .outerjoin(user_roles, user_roles.c.user_id == User.id)
    .outerjoin(Role, Role.id == user_roles.c.role_id)
    .outerjoin(role_permissions, role_permissions.c.role_id == Role.id)
    .outerjoin(Permission, Permission.id == role_permissions.c.permission_id)
    .where(User.id == bindparam("user_id", type_=Integer))
)


class RoleGrants(NamedTuple):
    """The id and the name of a role, and the permissions that it grants."""

    id: int
    name: str
    permission_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PermissionSet:
    """A set of permissions: the codes granted, or all permissions."""

    codes: frozenset[str]
    is_all: bool = False

    def includes(self, other: "PermissionSet") -> bool:
        """Tell whether the other set is a subset of this one."""
        return self.is_all or (not other.is_all and other.codes <= self.codes)

    def limited_to(self, scopes: frozenset[str] | None) -> "PermissionSet":
        """Return the part of the set that a token with these scopes may use."""
        if scopes is None:
            return self
        return PermissionSet(scopes if self.is_all else self.codes & scopes)


def own_permissions(session: DbSession, actor: Actor) -> PermissionSet:
    """Return the permissions of the actor at this moment; a command has all of them.

    Raises:
        BeyondOwnPermissions: The account of the person, or of the token's owner, is no longer
            active.
    """
    if actor.is_command:
        return PermissionSet(frozenset(), is_all=True)
    # Read again in the writing transaction: an actor who has just been demoted is refused.
    rows = session.connection().execute(_PERMISSIONS, {"user_id": actor.id}).all()
    if not rows or not rows[0].is_active:
        raise BeyondOwnPermissions("Your account is no longer active.")
    return _set_of(rows).limited_to(actor.scopes)


def require(session: DbSession, actor: Actor, code: str) -> PermissionSet:
    """Refuse an actor without a permission, and return all that they have.

    Raises:
        BeyondOwnPermissions: The actor lacks the permission, or their account is not active.
    """
    own = own_permissions(session, actor)
    if not own.includes(PermissionSet(frozenset({code}))):
        raise BeyondOwnPermissions(f"You need the permission {code} for this.")
    return own


def refuse_escalation(
    session: DbSession, own: PermissionSet, user: User | None, assigned: Sequence[Role | RoleGrants]
) -> None:
    """Refuse to change a user, or to assign roles, with more permissions than the actor's.

    Args:
        session: The database session.
        own: The permissions of the actor.
        user: The user to change; None for a new one.
        assigned: The roles to assign.

    Raises:
        BeyondOwnPermissions: The sentence says which of the two it is.
    """
    if own.is_all:
        return
    if user is not None and not own.includes(_permissions_of(session, user.id)):
        raise BeyondOwnPermissions(exceeds(user), target=Target.of_user(user))
    granted = _granted_by(session, assigned) if assigned else {}
    for role in assigned:
        if not own.includes(granted[role.id]):
            raise BeyondOwnPermissions(
                f"The role {role.name} grants permissions that you do not have.",
                field="roles",
                target=Target.of_user(user) if user else Target("role", role.name, role.id),
            )


def why_not(session: DbSession, actor: Actor, user: User) -> str | None:
    """Return the reason why the actor may not change the user, or None if they may."""
    if actor.is_command or may_act_for(session, actor.id, user):
        return None
    return exceeds(user)


def exceeds(user: User) -> str:
    """Return the sentence about a user with more permissions than the actor's."""
    return f"{user.username} has permissions that you do not have, so you cannot change them."


def may_act_for(session: DbSession, actor_id: int | None, user: User) -> bool:
    """Tell whether somebody has all permissions of a user, and so may set their password."""
    own = _permissions_of(session, actor_id)
    return own.includes(_permissions_of(session, user.id))


def _permissions_of(session: DbSession, user_id: int | None) -> PermissionSet:
    return _set_of(session.connection().execute(_PERMISSIONS, {"user_id": user_id}).all())


def _set_of(rows: Sequence[Any]) -> PermissionSet:
    return PermissionSet(
        codes=frozenset(row.code for row in rows if row.code),
        is_all=any(row.is_admin for row in rows),
    )


def _granted_by(session: DbSession, roles: Sequence[Role | RoleGrants]) -> dict[int, PermissionSet]:
    """Return the permissions of each of the roles, in one statement."""
    query = (
        select(role_permissions.c.role_id, Permission.code)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .where(role_permissions.c.role_id.in_([role.id for role in roles]))
    )
    codes = defaultdict(set)
    for role_id, code in session.execute(query):
        codes[role_id].add(code)
    return {
        role.id: PermissionSet(frozenset(codes[role.id]), is_all=role.name == ADMIN)
        for role in roles
    }
