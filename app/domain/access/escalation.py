"""Access: what somebody may do by their roles, whom they may change, and who must be left."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, select, update

from app.domain.actor import Actor
from app.domain.authentication import passwords
from app.domain.errors import BeyondOwnPermissions, NotFound, RuleError
from app.domain.target import Target
from app.models import (
    AccessGuard,
    DbSession,
    Permission,
    Role,
    User,
    role_permissions,
    user_roles,
)
from app.models.user import ADMIN, NO_PASSWORD

_LOCK = (
    select(User)
    .where(User.id == bindparam("user_id", type_=Integer))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_TAKE_TURN = update(AccessGuard).values(turn=AccessGuard.turn + 1)
# A row for each permission by each role; for whoever has no role, one row without them.
_HELD = (
    select(User.is_active, Role.name, Permission.code)
    .outerjoin(user_roles, user_roles.c.user_id == User.id)
    .outerjoin(Role, Role.id == user_roles.c.role_id)
    .outerjoin(role_permissions, role_permissions.c.role_id == Role.id)
    .outerjoin(Permission, Permission.id == role_permissions.c.permission_id)
    .where(User.id == bindparam("user_id", type_=Integer))
)


class LastAdministrator(RuleError):
    """The change would leave nobody who administers the console and can sign in."""


class RoleName(NamedTuple):
    """What a role is called, and known by."""

    id: int
    name: str


@dataclass(frozen=True)
class PermissionSet:
    """What somebody may do: the codes granted, or every permission there is."""

    codes: frozenset[str]
    is_all: bool = False

    def covers(self, other: "PermissionSet") -> bool:
        """Tell whether everything in ``other`` is held here too."""
        return self.is_all or (not other.is_all and other.codes <= self.codes)


def serialize_access_changes(session: DbSession) -> None:
    """Wait until nobody else is changing access; lasts until the transaction ends."""
    # An UPDATE of the guard row, not SELECT ... FOR UPDATE: SQLite ignores that, and InnoDB would
    # go on reading the snapshot that the sign-in check took. It is the first statement of its
    # transaction.
    session.connection().execute(_TAKE_TURN)


def load_user_for_update(session: DbSession, user_id: int) -> User:
    """Return a user who is going to be changed, as they are now.

    The lock is for programs that take no turns: while it is held they can assign the user no role.

    Raises:
        NotFound: There is no such user.
    """
    user = session.scalars(_LOCK, {"user_id": user_id}).one_or_none()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def refuse_escalation(
    session: DbSession, own: PermissionSet, user: User | None, assigned: Sequence[Role | RoleName]
) -> None:
    """Refuse to touch a user, or to assign roles, beyond what the actor holds.

    Args:
        session: The database session.
        own: What the actor holds.
        user: Whom the actor wants to change; None where that is nobody yet.
        assigned: The roles that the actor wants to assign.

    Raises:
        BeyondOwnPermissions: The sentence says which of the two it is.
    """
    if own.is_all:
        return
    if user is not None and not own.covers(_holdings(session, user.id)):
        raise BeyondOwnPermissions(exceeds(user), target=_target(user))
    granted = _granted_by(session, assigned) if assigned else {}
    for role in assigned:
        if not own.covers(granted[role.id]):
            raise BeyondOwnPermissions(
                f"The role {role.name} grants permissions that you do not hold.",
                field="roles",
                target=_target(user) if user else Target("role", role.name, role.id),
            )


def why_not(session: DbSession, actor: Actor, user: User) -> str | None:
    """Return the sentence that says why the actor may not change the user, if they may not."""
    if actor.is_command or _holdings(session, actor.id).covers(_holdings(session, user.id)):
        return None
    return exceeds(user)


def exceeds(user: User) -> str:
    """Say that the user holds more than whoever wants to change them."""
    return f"{user.username} holds permissions that you do not hold, so you cannot change them."


def require(session: DbSession, actor: Actor, code: str) -> PermissionSet:
    """Refuse an actor who does not hold the permission ``code``; return what the others hold.

    Raises:
        BeyondOwnPermissions: The actor does not hold it, or is a person who is not active any more.
    """
    own = own_permissions(session, actor)
    if not own.covers(PermissionSet(frozenset({code}))):
        raise BeyondOwnPermissions(f"This needs the permission {code}, which you do not hold.")
    return own


def reaches(session: DbSession, issuer_id: int, user: User) -> bool:
    """Tell whether somebody holds all that a user holds, so that they may set the user's password.

    Asked when a link is used: roles may have been assigned since it was handed out.
    """
    return _holdings(session, issuer_id).covers(_holdings(session, user.id))


def own_permissions(session: DbSession, actor: Actor) -> PermissionSet:
    """Return what the actor may do at this moment; a command may do everything.

    Raises:
        BeyondOwnPermissions: The actor is a person who is not active any more.
    """
    if actor.is_command:
        return PermissionSet(frozenset(), is_all=True)
    # Read again in the writing transaction: who was demoted or deactivated a moment ago is refused.
    rows = session.connection().execute(_HELD, {"user_id": actor.id}).all()
    if not rows or not rows[0].is_active:
        raise BeyondOwnPermissions("Your account is not active any more.")
    return _all_of(rows)


def has_administrator(session: DbSession) -> bool:
    """Tell whether somebody is active, holds ``admin`` and has a password that can be verified."""
    return _is_one_left(session.scalars(_administrators()))


def can_sign_in(user: User) -> bool:
    """Tell whether the user is active and has a password that can be verified."""
    return user.is_active and _can_sign_in_with(user.password_hash)


def is_administrator(user: User) -> bool:
    """Tell whether the user is one of those of whom at least one must be left."""
    return can_sign_in(user) and user.has_role(ADMIN)


def is_last_administrator(session: DbSession, user: User) -> bool:
    """Tell whether nobody would be left to administer the console without the user."""
    others = _administrators().where(User.id != user.id)
    return is_administrator(user) and not _is_one_left(session.scalars(others))


def administrators(session: DbSession) -> frozenset[int]:
    """Return the ids of those of whom at least one must be left."""
    rows = session.execute(_administrators().add_columns(User.id))
    return frozenset(row.id for row in rows if _can_sign_in_with(row.password_hash))


def is_administrator_left(session: DbSession) -> bool:
    """Tell, after a change was flushed, whether an administrator is left, and lock them."""
    left = _administrators().order_by(User.id).with_for_update()
    return _is_one_left(session.scalars(left))


def last(user: User) -> str:
    """Say that nobody would be left to administer the console without the user."""
    return f"{user.username} is the last administrator. Make somebody else one first."


def refuse_losing(session: DbSession, user: User) -> None:
    """Refuse to take the administrator from somebody who is the last one.

    Raises:
        LastAdministrator: The user is.
    """
    if is_last_administrator(session, user):
        raise _last(user)


def refuse_without_administrator(session: DbSession, user: User) -> None:
    """Refuse, after the change was flushed, if no administrator is left.

    Raises:
        LastAdministrator: The user was the last one.
    """
    if not is_administrator_left(session):
        raise _last(user)


def _last(user: User) -> LastAdministrator:
    return LastAdministrator(last(user), target=_target(user))


def _administrators() -> Select[str]:
    """The stored hashes of the active users who hold ``admin``."""
    return (
        select(User.password_hash)
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(Role.name == ADMIN, User.is_active)
    )


def _is_one_left(hashes: Iterable[str]) -> bool:
    return any(_can_sign_in_with(stored) for stored in hashes)


def _can_sign_in_with(password_hash: str) -> bool:
    return passwords.is_readable(password_hash) and not password_hash.startswith(NO_PASSWORD)


def _target(user: User) -> Target:
    return Target("user", user.username, user.id)


def _holdings(session: DbSession, user_id: int | None) -> PermissionSet:
    return _all_of(session.connection().execute(_HELD, {"user_id": user_id}).all())


def _all_of(rows: Sequence[Any]) -> PermissionSet:
    return PermissionSet(
        codes=frozenset(row.code for row in rows if row.code),
        is_all=any(row.name == ADMIN for row in rows),
    )


def _granted_by(session: DbSession, every: Sequence[Role | RoleName]) -> dict[int, PermissionSet]:
    """Return what each of the roles grants, in one statement."""
    query = (
        select(role_permissions.c.role_id, Permission.code)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .where(role_permissions.c.role_id.in_([role.id for role in every]))
    )
    codes = defaultdict(set)
    for role_id, code in session.execute(query):
        codes[role_id].add(code)
    return {
        role.id: PermissionSet(frozenset(codes[role.id]), is_all=role.name == ADMIN)
        for role in every
    }
