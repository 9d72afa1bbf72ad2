"""Passwords, chosen and changed: by their owner, or by a command.

Comparing and hashing take long on purpose. What does it knows no session: it is done between the
transaction that was read in and the one that writes, so that nobody waits for a lock meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.domain import access, audit, users, validation
from app.domain.actor import Actor
from app.domain.authentication import one_time_links, passwords, sessions
from app.domain.authentication.sessions import Browser
from app.domain.errors import InvalidValue
from app.domain.sign_in.second_step import SignInFailed
from app.domain.sign_in.sign_in import NOT_YOURS, Account, account_of
from app.domain.target import Target
from app.domain.users import NewUser
from app.models import DbSession, User

ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Registration:
    """A user who is to be added, and the hash of the password that was chosen."""

    new: NewUser
    password_hash: str


@dataclass(frozen=True)
class PasswordChange:
    """The stored hash of the current password, and the hash of the new one."""

    proven: str
    password_hash: str


def registration(new: NewUser, password: str, scheme: str = passwords.ARGON2ID) -> Registration:
    """Check what was typed to become a user, and hash the password by the scheme.

    Raises:
        InvalidValue: A field or the password is not valid.
    """
    passed = validation.all_of(
        new=lambda: users.check_new(new),
        password=lambda: passwords.check_new(
            password,
            username=new.username,
            email=new.email,
            full_name=new.full_name or "",
            scheme=scheme,
        ),
    )
    return Registration(passed["new"], passwords.hash_password(password, scheme))


def create_with_password(session: DbSession, user: Registration, *, actor: Actor) -> User:
    """Create a user who has a password from the beginning.

    For commands only: a person who creates a user hands over a link (`users.create`), so that
    nobody types somebody else's password.

    Raises:
        InvalidValue: The name or the address is taken.
    """
    return users.register(session, user.new, user.password_hash, actor=actor)


def unreadable_passwords(session: DbSession) -> Iterator[str]:
    """Return the names of the users with whose stored hash no password can be compared."""
    query = select(User.username, User.password_hash).order_by(User.username)
    for row in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        if not passwords.is_readable(row.password_hash):
            yield row.username


def check_choice(account: Account, password: str, scheme: str = passwords.ARGON2ID) -> None:
    """Refuse a password that its owner should not choose, by the scheme that will hash it.

    Raises:
        InvalidValue: The password is too short, or easily guessed.
    """
    passwords.check_new(
        password,
        username=account.username,
        email=account.email,
        full_name=account.full_name,
        scheme=scheme,
    )


def new_hash(account: Account, password: str, scheme: str = passwords.ARGON2ID) -> str:
    """Return what is stored for a password that is chosen for an account, by the scheme.

    Raises:
        InvalidValue: The password is too short, or easily guessed.
    """
    check_choice(account, password, scheme)
    return passwords.hash_password(password, scheme)


def own_account(session: DbSession, actor: Actor) -> Account:
    """Return the actor's own account.

    Raises:
        NotFound: It has been deleted meanwhile.
    """
    return account_of(users.get(session, actor.id or 0))


def verify_change(
    account: Account, current: str, new: str, scheme: str = passwords.ARGON2ID
) -> PasswordChange:
    """Compare the current password, and hash the new one by the scheme.

    Raises:
        SignInFailed: The current password is wrong.
        InvalidValue: The new one is not good enough.
    """
    if not passwords.verify(account.password_hash, current):
        raise SignInFailed(NOT_YOURS, field="current")
    return PasswordChange(account.password_hash, new_hash(account, new, scheme))


def change_password(
    session: DbSession, change: PasswordChange, browser: Browser, *, actor: Actor, secret: str
) -> str:
    """Set the actor's own password, end all their sessions, and start a new one.

    Args:
        session: The database session; the caller commits it.
        change: What `verify_change` returned a moment ago.
        browser: The browser.
        actor: The person whose password it is.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie.

    Raises:
        NotFound: The account has been deleted meanwhile.
        InvalidValue: The password is no longer the one that was compared.
    """
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, actor.id or 0)
    if user.password_hash != change.proven:
        raise InvalidValue("Your password was changed a moment ago.", field="current")
    store(session, user, change.password_hash, actor=actor)
    return sessions.start(session, user, browser, secret=secret)


def store(session: DbSession, user: User, password_hash: str, *, actor: Actor) -> None:
    """Store the hash of a new password; links for another one and all sessions end."""
    user.password_hash = password_hash
    one_time_links.revoke(session, one_time_links.Purpose.RESET, user.id)
    sessions.end_all(session, user.id)
    audit.record(session, "password:changed", Target.of_user(user), actor=actor)
    session.flush()
