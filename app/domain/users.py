"""Users: found, created, activated, deactivated and deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, keyset, links, names, passwords, roles, sessions
from app.domain.actor import Actor
from app.domain.errors import InvalidValue, NotFound, RuleError
from app.domain.permissions import PermissionCode
from app.domain.text import checked_reason, is_name
from app.models import DbSession, Role, User, user_roles
from app.models.base import normalised

HIGHEST = "\U0010ffff"
SORTS = {
    "username": keyset.Sort(User.username, User.id),
    "-username": keyset.Sort(User.username, User.id, descending=True),
    "email": keyset.Sort(User.email, User.id),
    "-email": keyset.Sort(User.email, User.id, descending=True),
    "created": keyset.Sort(User.created_at, User.id),
    "-created": keyset.Sort(User.created_at, User.id, descending=True),
}
COUNTED = 10_000
BETWEEN_ROLES = "\n"
STATUSES = ("active", "inactive", "unverified")


class UserIsReferredTo(RuleError):
    """Rows of another program refer to the user, who therefore cannot be deleted."""


@dataclass(frozen=True)
class UserFilter:
    """Which users to list; an empty field lets all pass.

    Attributes:
        q: The beginning of a user name or e-mail address.
        role: The name of a role that is held; ``none`` finds those without any.
        status: ``active``, ``inactive`` or ``unverified``.
    """

    q: str = ""
    role: str = ""
    status: str = ""


@dataclass(frozen=True)
class Cursors:
    """Where a page starts: after a row, or before one."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class NewUser:
    """What is typed to create a user."""

    username: str
    email: str
    full_name: str | None = None
    bio: str | None = None
    role_ids: frozenset[int] = frozenset()


def page(session: DbSession, wanted: UserFilter, sort: str, cursors: Cursors) -> keyset.Page:
    """Return one page of users in one statement; `role_names` takes a row's roles apart.

    Raises:
        InvalidValue: There is no such order, status or cursor.
    """
    if sort not in SORTS:
        raise InvalidValue("The list cannot be sorted by that.")
    query = matching(lines(), wanted)
    return keyset.page(session, query, SORTS[sort], after=cursors.after, before=cursors.before)


def role_names(row: Row[Any]) -> list[str]:
    """Return the names of the roles that the user of a listing's row holds."""
    return sorted(row.roles.split(BETWEEN_ROLES)) if row.roles else []


def get(session: DbSession, user_id: int) -> User:
    """Return the user.

    Raises:
        NotFound: There is no such user.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def find(session: DbSession, name: str) -> User | None:
    """Return the user with that user name or e-mail address, if there is one.

    Should the backend have let one user's name be another's address, the user name wins.
    """
    if not is_name(name):
        return None
    stored = normalised(name)
    query = select(User).where(or_(User.username == stored, User.email == stored)).limit(2)
    found = session.scalars(query).all()
    return min(found, key=lambda user: user.username != stored, default=None)


def named(session: DbSession, name: str) -> User:
    """Return the user with that user name or e-mail address.

    Raises:
        NotFound: There is no such user.
    """
    user = find(session, name)
    if user is None:
        raise NotFound(f"There is no user named {name}.")
    return user


def create(session: DbSession, new: NewUser, *, actor: Actor) -> tuple[User, str]:
    """Create a user without a password.

    Args:
        session: The database session; the caller commits it.
        new: What was typed.
        actor: The person or command creating the user.

    Returns:
        The user, and the token of a one-time link with which they choose a password.

    Raises:
        InvalidValue: A field is not valid, or the name or address is taken.
        BeyondOwnPermissions: A role grants what the actor does not hold, or the actor may not
            assign roles.
    """
    user = register(session, checked(new), passwords.no_password(), actor=actor)
    return user, _link_for(session, user, actor)


def checked(new: NewUser) -> NewUser:
    """Return what was typed as it is stored.

    Raises:
        InvalidValue: A field is not valid.
    """
    return replace(
        new,
        username=names.checked_username(new.username),
        email=names.checked_email(new.email),
        full_name=names.checked_full_name(new.full_name),
        bio=names.checked_bio(new.bio),
    )


def register(session: DbSession, new: NewUser, password_hash: str, *, actor: Actor) -> User:
    """Add a user with their first roles, and record it.

    Args:
        session: The database session; the caller commits it.
        new: What `checked` returned.
        password_hash: What is stored as their password.
        actor: The person or command creating the user.

    Raises:
        InvalidValue: The name or the address is taken, or one of the roles does not exist.
        BeyondOwnPermissions: A role grants what the actor does not hold, or the actor may not
            assign roles.
    """
    access.take_turn(session)
    if new.role_ids:
        access.refuse_without(session, actor, PermissionCode.ROLE_ASSIGN)
    assigned = roles.with_ids(session, new.role_ids)
    access.refuse_beyond(session, actor, None, assigned)
    user = add(session, new, password_hash, assigned)
    record_creation(session, user, actor)
    return user


def add(session: DbSession, new: NewUser, password_hash: str, assigned: Sequence[Role]) -> User:
    """Add a user whose name and address nobody else has, as a name or as an address.

    Raises:
        InvalidValue: The name or the address is taken.
    """
    refuse_taken(session, username=new.username, email=new.email)
    user = User(
        username=new.username,
        email=new.email,
        full_name=new.full_name,
        bio=new.bio,
        password_hash=password_hash,
        roles=list(assigned),
    )
    session.add(user)
    flush_names(session)
    return user


def record_creation(session: DbSession, user: User, actor: Actor) -> None:
    """Record that the user was created, and each role they start with."""
    after = {"username": user.username, "email": user.email, "full_name": user.full_name}
    assigned = [audit.Change("role:assigned", after={"role": role.name}) for role in user.roles]
    changes = [audit.Change("user:created", after=after), *assigned]
    audit.record_changes(session, target_of(user), changes, actor=actor)


def activate(session: DbSession, user_id: int, reason: str = "", *, actor: Actor) -> User:
    """Let the user sign in again.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
        InvalidValue: The reason is too long.
    """
    user = for_change(session, user_id, actor)
    reason = checked_reason(reason)
    if not user.is_active:
        user.is_active = True
        _record_activity(session, "user:activated", user, reason, actor)
    return user


def deactivate(session: DbSession, user_id: int, reason: str = "", *, actor: Actor) -> User:
    """Keep the user from signing in, and end their sessions.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
        LastAdministrator: Nobody would be left to administer the console.
        InvalidValue: The reason is too long.
    """
    user = for_change(session, user_id, actor)
    reason = checked_reason(reason)
    if user.is_active:
        was_administrator = access.is_administrator(user)
        user.is_active = False
        _record_activity(session, "user:deactivated", user, reason, actor)
        session.flush()
        if was_administrator:
            access.refuse_without_administrator(session, user)
        sessions.end_all(session, user.id)
    return user


def start_reset(
    session: DbSession, user_id: int, reason: str = "", *, actor: Actor
) -> tuple[User, str]:
    """Issue a one-time link with which the user chooses a new password.

    Returns:
        The user and the link's token.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
        InvalidValue: The reason is too long.
    """
    user = for_change(session, user_id, actor)
    reason = checked_reason(reason)
    audit.record(session, "password:reset-started", target_of(user), actor=actor, reason=reason)
    return user, _link_for(session, user, actor)


def delete(
    session: DbSession, user_id: int, typed: str, reason: str = "", *, actor: Actor
) -> audit.Target:
    """Delete the user, with their roles, sessions and links; what was recorded of them stays.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        typed: The user name, typed to confirm.
        reason: Why, in the actor's words.
        actor: The person or command deleting the user.

    Returns:
        The user, as audit events name them.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
        InvalidValue: The name that was typed is another one, or the reason is too long.
        LastAdministrator: Nobody would be left to administer the console.
        UserIsReferredTo: Another program's rows refer to the user.
    """
    user = for_change(session, user_id, actor)
    reason = checked_reason(reason)
    # As a browser shows it: of several blanks it shows one.
    if typed.split() != user.username.split():
        message = f"Type the user name, {user.username}, to confirm."
        raise InvalidValue(message, field="username")
    was_administrator, target = access.is_administrator(user), target_of(user)
    before = {
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "roles": [role.name for role in user.roles],
    }
    audit.record(session, "user:deleted", target, actor=actor, before=before, reason=reason)
    _remove(session, user)
    if was_administrator:
        access.refuse_without_administrator(session, user)
    return target


def end_session(session: DbSession, user_id: int, session_id: int, *, actor: Actor) -> User:
    """End one of the user's sessions.

    Raises:
        NotFound: There is no such user, or they have no such session.
        BeyondOwnPermissions: The user holds what the actor does not.
    """
    user = for_change(session, user_id, actor)
    sessions.end_one(session, user.id, session_id)
    before = {"session": session_id}
    audit.record(session, "session:ended", target_of(user), actor=actor, before=before)
    return user


def end_sessions(session: DbSession, user_id: int, *, actor: Actor) -> User:
    """End all of the user's sessions.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
    """
    user = for_change(session, user_id, actor)
    if sessions.end_all(session, user.id):
        audit.record(session, "sessions:ended", target_of(user), actor=actor)
    return user


def target_of(user: User) -> audit.Target:
    """Return the user as audit events name them."""
    return audit.Target("user", user.username, user.id)


def _link_for(session: DbSession, user: User, actor: Actor) -> str:
    return links.issue(session, links.Purpose.RESET, user_id=user.id, issued_by_id=actor.id)


def for_change(session: DbSession, user_id: int, actor: Actor) -> User:
    """Return a user whom the actor may change, locked; the first statement of its transaction.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
    """
    access.take_turn(session)
    user = access.locked_user(session, user_id)
    access.refuse_beyond(session, actor, user, ())
    return user


def refuse_taken(
    session: DbSession, *, username: str = "", email: str = "", by_others_than: int = 0
) -> None:
    """Refuse a name or an address that somebody has, as a name or as an address.

    Args:
        session: The database session.
        username: The user name that is wanted; "" where it stays.
        email: The e-mail address that is wanted; "" where it stays.
        by_others_than: The id of the user who wants them, if they are one already.

    Raises:
        InvalidValue: It is taken.
    """
    wanted = [name for name in (username, email) if name]
    query = select(User.username, User.email).where(
        or_(User.username.in_(wanted), User.email.in_(wanted)), User.id != by_others_than
    )
    taken = {name for row in session.execute(query) for name in row}
    if username in taken:
        message = f"Somebody else has {username} as user name or e-mail address."
        raise InvalidValue(message, field="username")
    if email in taken:
        message = f"Somebody else has {email} as e-mail address or user name."
        raise InvalidValue(message, field="email")


def flush_names(session: DbSession) -> None:
    """Write a name and an address that nobody had a moment ago.

    Raises:
        InvalidValue: Another program took one of them between the check and the writing.
    """
    try:
        session.flush()
    except IntegrityError as error:
        message = "The user name or the e-mail address has just been taken."
        raise InvalidValue(message, field="username") from error


def matching(query: Select[Any], wanted: UserFilter) -> Select[Any]:
    """Narrow a query of users to those that the filter lets pass.

    Raises:
        InvalidValue: There is no such status.
    """
    if wanted.status and wanted.status not in STATUSES:
        raise InvalidValue("There is no such status to filter by.")
    if not (is_name(wanted.q) and is_name(wanted.role)):
        return query.where(false())
    if wanted.q:
        query = query.where(or_(begins(User.username, wanted.q), begins(User.email, wanted.q)))
    if wanted.role:
        query = query.where(_holds(wanted.role))
    if wanted.status:
        query = query.where(_has_status(wanted.status))
    return query


def lines() -> Select[Any]:
    """Return the query of a listing; `role_names` takes a row's roles apart."""
    names_of_roles = (
        select(func.aggregate_strings(Role.name, BETWEEN_ROLES))
        .join(user_roles, user_roles.c.role_id == Role.id)
        .where(user_roles.c.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    return select(
        User.id,
        User.username,
        User.email,
        User.full_name,
        User.is_active,
        User.is_verified,
        User.created_at,
        names_of_roles.label("roles"),
    )


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a user name or e-mail address begins with the text."""
    if "\0" in text:
        return false()  # Nothing stored has it, and PostgreSQL refuses to be asked for it.
    # A range, which every database answers from the index; LIKE is not, in PostgreSQL's C.UTF-8.
    start = normalised(text)
    return and_(column >= start, column < start + HIGHEST)


def _remove(session: DbSession, user: User) -> None:
    sentence = (
        f"Other tables of the database refer to {user.username}, so the account cannot be "
        "deleted. Deactivate it instead."
    )
    session.delete(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise UserIsReferredTo(sentence) from error


def _record_activity(
    session: DbSession, action: str, user: User, reason: str, actor: Actor
) -> None:
    before, after = {"is_active": not user.is_active}, {"is_active": user.is_active}
    target = target_of(user)
    audit.record(session, action, target, actor=actor, before=before, after=after, reason=reason)


def _holds(role: str) -> ColumnElement[bool]:
    if role == "none":
        return ~User.roles.any()
    if "\0" in role:
        return false()
    return User.roles.any(Role.name == role)


def _has_status(status: str) -> ColumnElement[bool]:
    return {
        "active": User.is_active.is_(True),
        "inactive": User.is_active.is_(False),
        "unverified": User.is_verified.is_(False),
    }[status]
