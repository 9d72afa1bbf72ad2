"""Users: found, created and named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, roles, validation
from app.domain.actor import Actor
from app.domain.authentication import one_time_links, passwords
from app.domain.errors import InvalidValue, NotFound, RuleError
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.domain.text import is_name
from app.domain.users import names
from app.models import DbSession, Role, User
from app.models.base import normalised


@dataclass(frozen=True)
class NewUser:
    """What is typed to create a user."""

    username: str
    email: str
    full_name: str | None = None
    bio: str | None = None
    role_ids: frozenset[int] = frozenset()


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
    user = register(session, check_new(new), passwords.no_password(), actor=actor)
    return user, password_link(session, user, actor)


def check_new(new: NewUser) -> NewUser:
    """Return what was typed as it is stored.

    Raises:
        InvalidValue: A field is not valid.
    """
    fields = validation.all_of(
        username=lambda: names.checked_username(new.username),
        email=lambda: names.checked_email(new.email),
        full_name=lambda: names.checked_full_name(new.full_name),
        bio=lambda: names.checked_bio(new.bio),
    )
    return replace(new, **fields)


def register(session: DbSession, new: NewUser, password_hash: str, *, actor: Actor) -> User:
    """Add a user with their first roles, and record it.

    Args:
        session: The database session; the caller commits it.
        new: What `check_new` returned.
        password_hash: What is stored as their password.
        actor: The person or command creating the user.

    Raises:
        InvalidValue: The name or the address is taken, or one of the roles does not exist.
        BeyondOwnPermissions: A role grants what the actor does not hold, or the actor may not
            assign roles.
    """
    access.serialize_access_changes(session)
    if new.role_ids:
        own = access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    else:
        own = access.own_permissions(session, actor)
    assigned = roles.with_ids(session, new.role_ids)
    access.refuse_escalation(session, own, None, assigned)
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


def target_of(user: User) -> Target:
    """Return the user as audit events name them."""
    return Target("user", user.username, user.id)


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
    mistakes: list[RuleError] = []
    if username in taken:
        message = f"Somebody else has {username} as user name or e-mail address."
        mistakes.append(InvalidValue(message, field="username"))
    if email in taken:
        message = f"Somebody else has {email} as e-mail address or user name."
        mistakes.append(InvalidValue(message, field="email"))
    validation.refuse(mistakes)


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


def password_link(session: DbSession, user: User, actor: Actor) -> str:
    """Issue a one-time link with which the user chooses a password, and return its token."""
    return one_time_links.issue(
        session, one_time_links.Purpose.RESET, user_id=user.id, issued_by_id=actor.id
    )
