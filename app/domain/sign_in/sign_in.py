"""Signing in with a password: verified before the transaction that starts the session."""

from dataclasses import dataclass

from app.domain import audit, users
from app.domain.actor import Actor
from app.domain.authentication import api_tokens, passwords, second_factor, sessions
from app.domain.authentication.second_factor import EnteredCode
from app.domain.authentication.sessions import Browser
from app.domain.sign_in import bcrypt_use
from app.domain.sign_in.second_step import HalfSignedIn, SignInFailed, enter, use_code
from app.domain.target import Target
from app.models import DbSession, User

REAUTHENTICATED = "user:reauthenticated"
NOT_YOURS = "That is not your password."


@dataclass(frozen=True)
class Account:
    """The names and the password of a user, as they were read."""

    id: int
    username: str
    email: str
    password_hash: str
    full_name: str = ""


@dataclass(frozen=True)
class VerifiedPassword:
    """That somebody knows a user's password, and the hash it was checked against."""

    user_id: int
    password_hash: str
    better_hash: str | None


def find_account(session: DbSession, name: str) -> Account | None:
    """Return the active user with that user name or e-mail address, if there is one."""
    user = users.find(session, name)
    if user is None or not user.is_active:
        return None
    bcrypt_use.note(session, user.password_hash)
    return account_of(user)


def verify(
    account: Account | None, password: str, *, bcrypt_cost: int | None = None
) -> VerifiedPassword | None:
    """Return the proof that the password is the account's, or None.

    Unknown and inactive users, and those without a password, cost what a wrong password costs, so
    that the time does not tell them apart.

    Args:
        account: The result of `find_account`.
        password: The typed password.
        bcrypt_cost: The result of `bcrypt_cost`.
    """
    stored = account.password_hash if account else None
    is_right = passwords.verify(stored, password, bcrypt_cost=bcrypt_cost)
    if not is_right or account is None or stored is None:
        return None
    better = passwords.hash_password(password) if passwords.needs_rehash(stored) else None
    return VerifiedPassword(account.id, stored, better)


def complete(
    session: DbSession,
    proof: VerifiedPassword | None,
    browser: Browser,
    *,
    actor: Actor,
    secret: str,
) -> str | HalfSignedIn:
    """Start a session for who has given proof.

    Args:
        session: The database session; the caller commits it.
        proof: What `verify` returned a moment ago.
        browser: The browser.
        actor: The visitor; the event names the user.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie; for a user with a second factor what `finish` takes.

    Raises:
        SignInFailed: There is no proof, the user was deactivated or given another password since,
            or is a service account, whatever another program stored as its password.
    """
    user = _proven(session, proof)
    # Asked of nobody whose sign-in fails anyway: all of these take the same statements.
    if user is None or api_tokens.is_service(session, user.id):
        raise SignInFailed("Wrong user name or password.", field="password")
    users.copy_uncopied(session)
    return enter(session, user, browser, actor=actor, secret=secret)


def reauthenticate(
    session: DbSession,
    proof: VerifiedPassword | None,
    code: EnteredCode,
    browser: Browser,
    *,
    actor: Actor,
    secret: str,
) -> str:
    """Replace the actor's session by a new one, as they have shown again who they are; record it.

    Args:
        session: The database session; the caller commits it.
        proof: What `verify` returned for `own_account` a moment ago.
        code: The code that was entered, for a user with a second factor.
        browser: The browser.
        actor: The person.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie.

    Raises:
        SignInFailed: There is no proof, the code is wrong or was used before, or the user was
            deactivated or given another password since.
    """
    user = _proven(session, proof)
    has_factor = second_factor.is_set(session, actor.id or 0)
    # A code is used with the right password only.
    if user is None or (has_factor and not use_code(session, user, code, actor=actor)):
        sentence = "The password or the code is wrong." if has_factor else NOT_YOURS
        raise SignInFailed(sentence, field="own_password")
    audit.record(session, REAUTHENTICATED, Target.of_user(user), actor=actor)
    sessions.end(session, actor.session_id or 0, actor=actor)
    return sessions.start(session, user, browser, secret=secret)


def _proven(session: DbSession, proof: VerifiedPassword | None) -> User | None:
    """Return the user of the proof; None if it does not hold any more."""
    # Locked: a password that another program sets at this moment must not be overwritten.
    user = proof and session.get(User, proof.user_id, populate_existing=True, with_for_update=True)
    if not proof or not user or not user.is_active or user.password_hash != proof.password_hash:
        return None
    if proof.better_hash is not None:
        user.password_hash = proof.better_hash
    return user


def account_of(user: User) -> Account:
    """Return the names and the password of a user."""
    return Account(user.id, user.username, user.email, user.password_hash, user.full_name or "")
