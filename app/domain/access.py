"""Access: which roles a user holds, what they may do by them, and who may change that."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update

from app.domain import audit, passwords, roles
from app.domain.actor import Actor
from app.domain.errors import (
    BeyondOwnPermissions,
    ChangedMeanwhile,
    NotFound,
    RuleError,
)
from app.domain.permissions import PermissionCode
from app.domain.text import checked_reason
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


class LastAdministrator(RuleError):
    """The change would leave nobody who administers the console and can sign in."""


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
class Holdings:
    """What somebody may do: the codes granted, or every permission there is."""

    codes: frozenset[str]
    is_all: bool = False

    def covers(self, other: "Holdings") -> bool:
        """Tell whether everything in ``other`` is held here too."""
        return self.is_all or (not other.is_all and other.codes <= self.codes)


@dataclass(frozen=True)
class EffectivePermission:
    """A permission, and the roles by which somebody holds it; with none it is not held."""

    code: str
    description: str | None
    roles: tuple[str, ...]


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


def effective_permissions(session: DbSession, user_id: int) -> list[EffectivePermission]:
    """Return every permission, each with the roles that give it to the user."""
    held = (
        select(Role.id, Role.name)
        .join(user_roles, user_roles.c.role_id == Role.id)
        .where(user_roles.c.user_id == user_id)
        .subquery()
    )
    query = (
        select(Permission.code, Permission.description, held.c.name)
        .outerjoin(role_permissions, role_permissions.c.permission_id == Permission.id)
        .outerjoin(held, (held.c.id == role_permissions.c.role_id) | (held.c.name == ADMIN))
        .distinct()
        .order_by(Permission.code, held.c.name)
    )
    given: dict[str, list[str]] = {}
    descriptions: dict[str, str | None] = {}
    for code, description, role in session.execute(query):
        descriptions[code] = description
        given.setdefault(code, [])
        if role is not None:
            given[code].append(role)
    return [
        EffectivePermission(code, descriptions[code], tuple(names)) for code, names in given.items()
    ]


def etag_of(role_ids: Iterable[int]) -> str:
    """Return the digest of a user's roles that an edit is checked against."""
    return hashlib.sha256(json.dumps(sorted(role_ids)).encode()).hexdigest()[:32]


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
        refuse_beyond(session, actor, user, [role for role in wanted if role not in user.roles])
        _refuse_losing_the_last(session, user, wanted)
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
    take_turn(session)
    user = locked_user(session, user_id)
    _refuse_stale(user, edit)
    return _replace_roles(session, user, roles.with_ids(session, edit.role_ids), edit.reason, actor)


def assign_role(session: DbSession, user_id: int, name: str, *, actor: Actor) -> tuple[Role, ...]:
    """Assign one role to a user; see `set_roles` for what is refused."""
    take_turn(session)
    user = locked_user(session, user_id)
    return _replace_roles(session, user, [*user.roles, roles.named(session, name)], "", actor)


def unassign_role(session: DbSession, user_id: int, name: str, *, actor: Actor) -> tuple[Role, ...]:
    """Unassign one role from a user; see `set_roles` for what is refused."""
    take_turn(session)
    user = locked_user(session, user_id)
    gone = roles.named(session, name)
    return _replace_roles(session, user, [r for r in user.roles if r is not gone], "", actor)


def has_administrator(session: DbSession) -> bool:
    """Tell whether somebody is active, holds ``admin`` and has a password that can be verified."""
    return _is_one_left(session.scalars(_administrators()))


def take_turn(session: DbSession) -> None:
    """Wait until nobody else is changing access; lasts until the transaction ends."""
    # An UPDATE of the guard row, not SELECT ... FOR UPDATE: SQLite ignores that, and InnoDB would
    # go on reading the snapshot that the sign-in check took. It is the first statement of its
    # transaction.
    session.execute(
        update(AccessGuard)
        .values(turn=AccessGuard.turn + 1)
        .execution_options(synchronize_session=False)
    )


def locked_user(session: DbSession, user_id: int) -> User:
    """Return a user who is going to be changed, as they are now.

    The lock is for programs that take no turns: while it is held they can assign the user no role.

    Raises:
        NotFound: There is no such user.
    """
    user = session.get(User, user_id, populate_existing=True, with_for_update=True)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def refuse_beyond(
    session: DbSession, actor: Actor, user: User | None, assigned: Iterable[Role]
) -> None:
    """Refuse to touch a user, or to assign roles, beyond what the actor holds.

    Raises:
        BeyondOwnPermissions: The sentence says which of the two it is.
    """
    own = own_holdings(session, actor)
    if own.is_all:
        return
    if user is not None and not own.covers(_holdings(session, user.id)):
        raise BeyondOwnPermissions(beyond(user), target=_target(user))
    for role in assigned:
        if not own.covers(_granted_by(role)):
            raise BeyondOwnPermissions(
                f"The role {role.name} grants permissions that you do not hold.",
                field="roles",
                target=_target(user) if user else audit.Target("role", role.name, role.id),
            )


def lock_of(session: DbSession, actor: Actor, user: User) -> str | None:
    """Return the sentence that says why the actor may not change the user, if they may not."""
    if actor.is_command or _holdings(session, actor.id).covers(_holdings(session, user.id)):
        return None
    return beyond(user)


def beyond(user: User) -> str:
    """Say that the user holds more than whoever wants to change them."""
    return f"{user.username} holds permissions that you do not hold, so you cannot change them."


def last(user: User) -> str:
    """Say that nobody would be left to administer the console without the user."""
    return f"{user.username} is the last administrator. Make somebody else one first."


def refuse_without(session: DbSession, actor: Actor, code: str) -> None:
    """Refuse an actor who does not hold the permission ``code``.

    Raises:
        BeyondOwnPermissions: The actor does not hold it.
    """
    needed = Holdings(frozenset({code}))
    if not own_holdings(session, actor).covers(needed):
        raise BeyondOwnPermissions(f"This needs the permission {code}, which you do not hold.")


def reaches(session: DbSession, issuer_id: int, user: User) -> bool:
    """Tell whether somebody holds all that a user holds, so that they may set the user's password.

    Asked when a link is used: roles may have been assigned since it was handed out.
    """
    return _holdings(session, issuer_id).covers(_holdings(session, user.id))


def own_holdings(session: DbSession, actor: Actor) -> Holdings:
    """Return what the actor may do at this moment; a command may do everything.

    Raises:
        BeyondOwnPermissions: The actor is a person who is not active any more.
    """
    if actor.is_command:
        return Holdings(frozenset(), is_all=True)
    # Read again in the writing transaction: who was demoted or deactivated a moment ago is refused.
    if not session.scalar(select(User.is_active).where(User.id == actor.id)):
        raise BeyondOwnPermissions("Your account is not active any more.")
    return _holdings(session, actor.id)


def is_administrator(user: User) -> bool:
    """Tell whether the user is one of those of whom at least one must be left."""
    return user.is_active and user.has_role(ADMIN) and _can_sign_in_with(user.password_hash)


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


def refuse_without_administrator(session: DbSession, user: User) -> None:
    """Refuse, after the change was flushed, if no administrator is left.

    Raises:
        LastAdministrator: The user was the last one.
    """
    if not is_administrator_left(session):
        raise _last(user)


def _refuse_losing_the_last(session: DbSession, user: User, wanted: Sequence[Role]) -> None:
    keeps_it = any(role.name == ADMIN for role in wanted)
    if not keeps_it and is_last_administrator(session, user):
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


def _replace_roles(
    session: DbSession, user: User, wanted: Sequence[Role], reason: str, actor: Actor
) -> tuple[Role, ...]:
    assigned = [role for role in wanted if role not in user.roles]
    unassigned = [role for role in user.roles if role not in wanted]
    reason = checked_reason(reason)
    if not assigned and not unassigned:
        return ()
    refuse_without(session, actor, PermissionCode.ROLE_ASSIGN)
    refuse_beyond(session, actor, user, assigned)
    was_administrator = is_administrator(user)
    user.roles = list(wanted)
    changes = [
        *(audit.Change("role:assigned", after={"role": role.name}) for role in assigned),
        *(audit.Change("role:unassigned", before={"role": role.name}) for role in unassigned),
    ]
    audit.record_changes(session, _target(user), changes, actor=actor, reason=reason)
    session.flush()
    if was_administrator and not is_administrator(user):
        refuse_without_administrator(session, user)
    return (*assigned, *unassigned)


def _refuse_stale(user: User, edit: AssignmentEdit) -> None:
    if edit.etag != etag_of(role.id for role in user.roles):
        raise AssignmentChangedMeanwhile(user)


def _target(user: User) -> audit.Target:
    return audit.Target("user", user.username, user.id)


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


def _holdings(session: DbSession, user_id: int | None) -> Holdings:
    query = (
        select(Role.name, Permission.code)
        .join(user_roles, user_roles.c.role_id == Role.id)
        .outerjoin(role_permissions, role_permissions.c.role_id == Role.id)
        .outerjoin(Permission, Permission.id == role_permissions.c.permission_id)
        .where(user_roles.c.user_id == user_id)
    )
    rows = session.execute(query).all()
    return Holdings(
        codes=frozenset(row.code for row in rows if row.code),
        is_all=any(row.name == ADMIN for row in rows),
    )


def _granted_by(role: Role) -> Holdings:
    codes = frozenset(permission.code for permission in role.permissions)
    return Holdings(codes, is_all=role.name == ADMIN)
