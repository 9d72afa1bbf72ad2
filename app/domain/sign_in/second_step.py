"""The second step of signing in: the code of a second factor, after the right password."""

from dataclasses import dataclass

from app.domain import audit
from app.domain.actor import Actor
from app.domain.authentication import second_factor, sessions, tokens
from app.domain.authentication.second_factor import EnteredCode
from app.domain.authentication.sessions import Browser
from app.domain.errors import InvalidValue
from app.domain.sign_in.actors import as_user
from app.domain.target import Target
from app.models import DbSession, User


class SignInFailed(InvalidValue):
    """Name and password do not belong together, or no longer do."""


class WrongCode(SignInFailed):
    """The code is not one of the user's second factor, or was used before."""


@dataclass(frozen=True)
class HalfSignedIn:
    """A user who has given the right password, and whose code is awaited.

    Attributes:
        user_id: The user.
        username: The name, for the page and for the count of failures.
        fingerprint: The keyed digest of the password that was given.
    """

    user_id: int
    username: str
    fingerprint: str


def enter(
    session: DbSession, user: User, browser: Browser, *, actor: Actor, secret: str
) -> str | HalfSignedIn:
    """Start a session for a user who has shown that the account is theirs.

    Returns:
        The token for the session's cookie; for a user with a second factor what `finish` takes.
    """
    if second_factor.is_set(session, user.id):
        fingerprint = tokens.fingerprint(user.password_hash, secret)
        return HalfSignedIn(user.id, user.username, fingerprint)
    return start_session(session, user, browser, actor=actor, secret=secret)


def finish(
    session: DbSession,
    half: HalfSignedIn,
    code: EnteredCode,
    browser: Browser,
    *,
    actor: Actor,
    secret: str,
) -> str:
    """Start a session for a user whose code is right.

    Args:
        session: The database session; the caller commits it.
        half: What `enter` returned some minutes ago.
        code: The code that was entered.
        browser: The browser.
        actor: The visitor; the events name the user.
        secret: The key of the session's fingerprint.

    Returns:
        The token for the session's cookie.

    Raises:
        WrongCode: The code is wrong, or was used before.
        SignInFailed: The user was deactivated or given another password since.
    """
    # Locked, so that of two requests with the same code one succeeds.
    user = session.get(User, half.user_id, populate_existing=True, with_for_update=True)
    is_same = user and tokens.fingerprint(user.password_hash, secret) == half.fingerprint
    if not user or not user.is_active or not is_same:
        raise SignInFailed("Sign in again: your account has changed.")
    if not use_code(session, user, code, actor=as_user(user, actor)):
        sentence = "That code is not right, or was used before. Enter the newest one."
        raise WrongCode(sentence, field="own_code")
    return start_session(session, user, browser, actor=actor, secret=secret)


def use_code(session: DbSession, user: User, code: EnteredCode, *, actor: Actor) -> bool:
    """Use the code of a user, once; tell whether it was right. Recovery codes are recorded."""
    used = second_factor.use(session, user.id, code)
    if used is not None and used.recovery_codes_left is not None:
        target, after = Target.of_user(user), {"left": used.recovery_codes_left}
        audit.record(session, "recovery-code:used", target, actor=actor, after=after)
    return used is not None


def start_session(
    session: DbSession, user: User, browser: Browser, *, actor: Actor, secret: str
) -> str:
    """Start a session for a user who has shown who they are; return the token for its cookie."""
    audit.record(session, "user:signed-in", Target.of_user(user), actor=as_user(user, actor))
    return sessions.start(session, user, browser, secret=secret)
