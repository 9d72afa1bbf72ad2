"""Passwords at work: signing in, the first administrator, and choosing a new one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.domain import access, audit, links, names, passwords, roles, sessions, users
from app.domain.actor import Actor, ActorKind
from app.domain.errors import InvalidValue, RuleError
from app.domain.sessions import Client
from app.domain.users import NewUser
from app.models import DbSession, OneTimeLink, User
from app.models.user import ADMIN

ROWS_AT_ONCE = 1000


class AlreadySetUp(RuleError):
    """There is an administrator already, so nobody becomes the first one."""

    is_recorded = False


class SignInFailed(InvalidValue):
    """Name and password do not belong together, or no longer do."""


@dataclass(frozen=True)
class FirstAdministrator:
    """What the first administrator types."""

    username: str
    email: str
    password: str


@dataclass(frozen=True)
class Proof:
    """That somebody knows a user's password, and the hash it was checked against."""

    user_id: int
    password_hash: str
    better_hash: str | None


def check(session: DbSession, name: str, password: str) -> Proof | None:
    """Return the proof that name and password belong together, or None.

    Reads only: the verification is slow on purpose and must hold no lock. Unknown and inactive
    users, and those without a password, cost one full verification too, so that the time does not
    tell them apart.
    """
    user = users.find(session, name)
    known = user if user is not None and user.is_active else None
    if not passwords.verify(known.password_hash if known else None, password) or known is None:
        return None
    stored = known.password_hash
    better = passwords.hash_password(password) if passwords.needs_rehash(stored) else None
    return Proof(known.id, stored, better)


def sign_in(
    session: DbSession, proof: Proof | None, client: Client, *, actor: Actor, secret: str
) -> str:
    """Start a session for who has given proof.

    Args:
        session: The database session; the caller commits it.
        proof: What `check` returned a moment ago.
        client: The browser.
        actor: The visitor; the event names the user.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie.

    Raises:
        SignInFailed: There is no proof, or the user was deactivated or given another password
            since.
    """
    # Locked: a password that another program sets at this moment must not be overwritten.
    user = proof and session.get(User, proof.user_id, populate_existing=True, with_for_update=True)
    if not proof or not user or not user.is_active or user.password_hash != proof.password_hash:
        raise SignInFailed("The user name or the password is wrong.", field="password")
    if proof.better_hash is not None:
        user.password_hash = proof.better_hash
    return _begin(session, user, client, actor=actor, secret=secret)


def setup_link(session: DbSession) -> str:
    """Return the token of a link with which somebody becomes the first administrator.

    Raises:
        AlreadySetUp: There is an administrator.
    """
    access.take_turn(session)
    _refuse_second(session)
    return links.issue(session, links.Purpose.SET_UP)


def check_setup_link(session: DbSession, token: str) -> None:
    """Refuse a set-up link that does not work (any more).

    Raises:
        AlreadySetUp: There is an administrator.
        LinkIsGone: The link was used, is over, or never was.
    """
    _refuse_second(session)
    links.peek(session, links.Purpose.SET_UP, token)


def set_up(
    session: DbSession,
    token: str,
    first: FirstAdministrator,
    client: Client,
    *,
    actor: Actor,
    secret: str,
) -> str:
    """Make the first administrator and sign them in; of two who try at once, one succeeds.

    Returns:
        The token for the session's cookie.

    Raises:
        AlreadySetUp: There is an administrator.
        LinkIsGone: The link was used, is over, or never was.
        InvalidValue: A field is not valid.
    """
    username, email = names.checked_username(first.username), names.checked_email(first.email)
    passwords.check_new(first.password, username=username, email=email)
    password_hash = passwords.hash_password(first.password)
    access.take_turn(session)
    _refuse_second(session)
    links.use(session, links.Purpose.SET_UP, token)
    new = NewUser(username=username, email=email)
    user = users.add(session, new, password_hash, [roles.named(session, ADMIN)])
    users.record_creation(session, user, _as(user, actor))
    return _begin(session, user, client, actor=actor, secret=secret)


def create(session: DbSession, new: NewUser, password: str, *, actor: Actor) -> User:
    """Create a user who has a password from the beginning.

    For commands only: a person who creates a user hands over a link (`users.create`), so that
    nobody types somebody else's password.

    Raises:
        InvalidValue: A field or the password is not valid, or the name or address is taken.
    """
    new = users.checked(new)
    passwords.check_new(password, username=new.username, email=new.email)
    return users.register(session, new, passwords.hash_password(password), actor=actor)


def unreadable(session: DbSession) -> Iterator[str]:
    """Return the names of the users with whose stored hash no password can be compared."""
    query = select(User.username, User.password_hash).order_by(User.username)
    for row in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        if not passwords.is_readable(row.password_hash):
            yield row.username


def owner_of(session: DbSession, token: str) -> User:
    """Return whose password a reset link sets.

    Raises:
        LinkIsGone: The link was used, is over, never was, or its owner has been given more than
            whoever issued it holds.
    """
    link = links.peek(session, links.Purpose.RESET, token)
    owner = users.get(session, link.user_id or 0)
    _refuse_outgrown(session, link, owner)
    return owner


def choose_password(session: DbSession, token: str, password: str, *, actor: Actor) -> User:
    """Set the password of the link's owner, and end their sessions.

    Raises:
        LinkIsGone: The link was used, is over, or never was.
        InvalidValue: The password is too short, too common, or the owner's name.
    """
    owner = owner_of(session, token)
    passwords.check_new(password, username=owner.username, email=owner.email)
    password_hash = passwords.hash_password(password)
    access.take_turn(session)
    link = links.use(session, links.Purpose.RESET, token)
    user = session.get_one(User, owner.id, populate_existing=True)
    _refuse_outgrown(session, link, user)
    _store(session, user, password_hash, actor=_as(user, actor))
    return user


def change_own(
    session: DbSession, current: str, new: str, client: Client, *, actor: Actor, secret: str
) -> str:
    """Set the actor's own password, end all their sessions, and start a new one.

    Args:
        session: The database session; the caller commits it.
        current: The password until now, as typed.
        new: The new password, as typed.
        client: The browser.
        actor: The person whose password it is.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie.

    Raises:
        InvalidValue: The current password is wrong, or the new one not good enough.
    """
    user = users.get(session, actor.id or 0)
    proven = user.password_hash
    if not passwords.verify(proven, current):
        raise InvalidValue("That is not your password.", field="current")
    passwords.check_new(new, username=user.username, email=user.email)
    password_hash = passwords.hash_password(new)
    access.take_turn(session)
    user = session.get_one(User, user.id, populate_existing=True, with_for_update=True)
    if user.password_hash != proven:
        raise InvalidValue("Your password was changed a moment ago.", field="current")
    _store(session, user, password_hash, actor=actor)
    return sessions.start(session, user, client, secret=secret)


def _begin(session: DbSession, user: User, client: Client, *, actor: Actor, secret: str) -> str:
    audit.record(session, "user:signed-in", users.target_of(user), actor=_as(user, actor))
    return sessions.start(session, user, client, secret=secret)


def _refuse_outgrown(session: DbSession, link: OneTimeLink, owner: User) -> None:
    # Whoever issued the link may have kept a copy; it must not open more than they could before.
    if link.issued_by_id is not None and not access.reaches(session, link.issued_by_id, owner):
        raise links.LinkIsGone(
            "The account holds more than whoever issued this link. Ask for a new one."
        )


def _store(session: DbSession, user: User, password_hash: str, *, actor: Actor) -> None:
    user.password_hash = password_hash
    links.forget(session, links.Purpose.RESET, user.id)
    sessions.end_all(session, user.id)
    audit.record(session, "password:changed", users.target_of(user), actor=actor)
    session.flush()


def _refuse_second(session: DbSession) -> None:
    if access.has_administrator(session):
        raise AlreadySetUp("There is an administrator already.")


def _as(user: User, actor: Actor) -> Actor:
    return replace(actor, kind=ActorKind.PERSON, id=user.id, name=user.username)
