"""Create users, and keep their names and addresses unique."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, roles, validation
from app.domain.actor import Actor
from app.domain.audit import Save
from app.domain.authentication import api_tokens, one_time_links, passwords
from app.domain.authentication.one_time_links import Purpose
from app.domain.errors import InvalidValue, RuleError
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import lookalikes, lookup, name_copy, names
from app.models import DbSession, Role, ServiceAccount, User
from app.models.spelling import shown_address


@dataclass(frozen=True)
class NewUser:
    """The fields of a user to create, as entered.

    Attributes:
        username: The user name.
        email: The email address.
        full_name: The full name.
        bio: The bio.
        role_ids: The roles to start with.
        email_domains: Domains that are allowed in addresses; see `names.checked_email`.
        reason: The actor's reason.
        is_service: Whether it is a service account.
    """

    username: str
    email: str
    full_name: str | None = None
    bio: str | None = None
    role_ids: frozenset[int] = frozenset()
    email_domains: tuple[str, ...] = ()
    reason: str = ""
    is_service: bool = False


def create(session: DbSession, new: NewUser, *, actor: Actor) -> tuple[User, str]:
    """Create a user without a password.

    Args:
        session: The database session; the caller commits it.
        new: The fields, as entered.
        actor: The person or command creating the user.

    Returns:
        The user, and the token of a one-time link for choosing a password.

    Raises:
        InvalidValue: A field is not valid, or the name or address is taken.
        BeyondOwnPermissions: A role grants what the actor does not hold, or the actor may not
            create users or assign roles.
    """
    user = register(session, check_new(new), passwords.no_password(), actor=actor)
    return user, password_link(session, user, Purpose.WELCOME, actor)


def create_without_link(session: DbSession, new: NewUser, *, actor: Actor) -> User:
    """Create a user without a password and without a link to choose one.

    Raises:
        RuleError: As `create`.
    """
    return register(session, check_new(new), passwords.no_password(), actor=actor)


def create_service_account(session: DbSession, new: NewUser, *, actor: Actor) -> User:
    """Create a user that owns tokens of the API, and that nobody can sign in to.

    Raises:
        RuleError: As `create`.
    """
    return create_without_link(session, replace(new, is_service=True), actor=actor)


def check_new(new: NewUser) -> NewUser:
    """Return the fields of a new user as they are stored.

    Raises:
        InvalidValue: A field is not valid.
    """
    fields = validation.all_of(
        username=lambda: names.checked_username(new.username),
        email=lambda: names.checked_email(new.email, new.email_domains),
        full_name=lambda: names.checked_full_name(new.full_name),
        bio=lambda: names.checked_bio(new.bio),
        reason=lambda: checked_reason(new.reason),
    )
    return replace(new, **fields)


def register(session: DbSession, new: NewUser, password_hash: str, *, actor: Actor) -> User:
    """Add a user with their first roles, and record both.

    Args:
        session: The database session; the caller commits it.
        new: The result of `check_new`.
        password_hash: The hash to store as their password.
        actor: The person or command creating the user.

    Raises:
        InvalidValue: The name or the address is taken, or a role does not exist.
        BeyondOwnPermissions: A role grants what the actor does not hold, or the actor may not
            create users or assign roles.
    """
    access.serialize_access_changes(session)
    own = access.require(session, actor, PermissionCode.USER_CREATE)
    if new.role_ids:
        access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    assigned = roles.with_ids(session, new.role_ids)
    access.refuse_escalation(session, own, None, assigned)
    user = add(session, new, password_hash, assigned)
    record_creation(session, user, new.reason, is_service=new.is_service, actor=actor)
    return user


def add(session: DbSession, new: NewUser, password_hash: str, assigned: Sequence[Role]) -> User:
    """Add a user if neither name nor address belongs to another user.

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
    if new.is_service:
        session.add(ServiceAccount(user_id=user.id))
    return user


def record_creation(
    session: DbSession, user: User, reason: str = "", *, is_service: bool = False, actor: Actor
) -> Save:
    """Record that the user was created, and each role they start with."""
    after = {"username": user.username, "email": user.email, "full_name": user.full_name}
    if is_service:
        after["service_account"] = "yes"
    assigned = [audit.Change("role:assigned", after={"role": role.name}) for role in user.roles]
    changes = [audit.Change("user:created", after=after), *assigned]
    target = Target.of_user(user)
    events = [(target, change) for change in changes]
    return audit.record_save(session, events, actor=actor, reason=reason)


def refuse_taken(
    session: DbSession, *, username: str = "", email: str = "", by_others_than: int = 0
) -> None:
    """Refuse a name or an address that another user has, and a name that looks like another.

    Args:
        session: The database session.
        username: The new user name; "" if it stays.
        email: The new email address; "" if it stays.
        by_others_than: The id of the user being changed; 0 for a new one.

    Raises:
        InvalidValue: The name or the address is taken, or the name can be mistaken.
    """
    name_copy.copy_uncopied(session)
    mistakes: list[RuleError] = []
    if username and _is_taken(session, username, by_others_than):
        message = f"Another user has {username} as user name or email address."
        mistakes.append(InvalidValue(message, field="username"))
    elif username and (other := lookalikes.of(session, username, by_others_than)):
        message = f"The user name looks like {other}, which another user has. Choose another one."
        mistakes.append(InvalidValue(message, field="username"))
    if email and _is_taken(session, email, by_others_than):
        message = f"Another user has {shown_address(email)} as email address or user name."
        mistakes.append(InvalidValue(message, field="email"))
    validation.refuse(mistakes)


def _is_taken(session: DbSession, name: str, by_others_than: int) -> bool:
    return any(user.id != by_others_than for user in lookup.having(session, name))


def flush_names(session: DbSession) -> None:
    """Write a name and an address that were free when they were checked.

    Raises:
        InvalidValue: Another program took one of them since the check.
    """
    try:
        session.flush()
    except IntegrityError as error:
        message = "The user name or the email address has just been taken."
        raise InvalidValue(message, field="username") from error


def why_no_password(session: DbSession, user: User) -> str | None:
    """Return the reason why the user can choose no password, if there is one."""
    if not api_tokens.is_service(session, user.id):
        return None
    return f"{user.username} is a service account: nobody signs in to it with a password."


def password_link(session: DbSession, user: User, purpose: Purpose, actor: Actor) -> str:
    """Issue a one-time link for the user to choose a password, and return its token."""
    return one_time_links.issue(session, purpose, user_id=user.id, issued_by_id=actor.id)
