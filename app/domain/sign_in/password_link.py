"""Passwords that their owner chooses by a one-time link."""

from app.domain import access, users
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import one_time_links
from app.domain.authentication.one_time_links import InvalidLink, Purpose
from app.domain.authentication.sessions import Browser
from app.domain.errors import BeyondOwnPermissions
from app.domain.permissions import PermissionCode
from app.domain.sign_in import password_change
from app.domain.sign_in.actors import as_user
from app.domain.sign_in.second_step import HalfSignedIn, enter
from app.domain.sign_in.sign_in import Account, account_of
from app.domain.target import Target
from app.models import DbSession, OneTimeLink, User

ISSUED_WITH = {
    Purpose.RESET: PermissionCode.USER_UPDATE,
    Purpose.WELCOME: PermissionCode.USER_CREATE,
}


class LinkOutlived(InvalidLink):
    """The issuer of the link is gone, inactive, or has lost what it takes to issue it."""

    is_recorded = True


def link_owner(session: DbSession, token: str) -> Account:
    """Return whose password a reset link sets.

    Raises:
        InvalidLink: The link was used, has expired or is unknown.
        LinkOutlived: Its issuer could not issue it now.
    """
    link = one_time_links.peek(session, one_time_links.Purpose.RESET, token)
    owner = users.get(session, link.user_id or 0)
    _refuse_outlived(session, link, owner)
    return account_of(owner)


def choose_password(session: DbSession, token: str, password_hash: str, *, actor: Actor) -> User:
    """Set the password of the link's owner, and end their sessions.

    Args:
        session: The database session; the caller commits it.
        token: The link's token.
        password_hash: What `password_change.new_hash` returned for the owner.
        actor: The visitor; the event names the user.

    Raises:
        InvalidLink: The link was used, has expired or is unknown.
        LinkOutlived: Its issuer could not issue it now.
    """
    access.serialize_access_changes(session)
    link = one_time_links.use(session, one_time_links.Purpose.RESET, token)
    user = users.get(session, link.user_id or 0)
    _refuse_outlived(session, link, user)
    password_change.store(session, user, password_hash, actor=as_user(user, actor))
    return user


def choose_and_sign_in(
    session: DbSession,
    token: str,
    password_hash: str,
    browser: Browser,
    *,
    actor: Actor,
    secret: str,
) -> str | HalfSignedIn | None:
    """Set the password as `choose_password` does, and start a session for the link's owner.

    Returns:
        The token for the session's cookie; for an owner with a second factor, which stays, what
        `finish` takes; None for an inactive user, who may not sign in.
    """
    user = choose_password(session, token, password_hash, actor=actor)
    if not user.is_active:
        return None
    return enter(session, user, browser, actor=actor, secret=secret)


def _refuse_outlived(session: DbSession, link: OneTimeLink, owner: User) -> None:
    """Refuse a link that its issuer could not issue now; they may have kept a copy.

    The link of a command has no issuer in the console: who runs commands has every permission.
    """
    if link.issued_by_id is None:
        return
    issuer = session.get(User, link.issued_by_id, populate_existing=True)
    # Somebody who came later may have been given the id of an issuer who was deleted.
    if issuer is None or issuer.created_at > link.created_at:
        raise _outlived("its issuer was deleted", owner)
    needed = ISSUED_WITH[Purpose(link.purpose)]
    try:
        own = access.require(
            session, Actor(ActorKind.PERSON, issuer.username, id=issuer.id), needed
        )
        access.refuse_escalation(session, own, owner, ())
    except BeyondOwnPermissions as refusal:
        raise _outlived(f"{issuer.username} could not issue it now", owner) from refusal


def _outlived(reason: str, owner: User) -> LinkOutlived:
    sentence = f"A one-time link for {owner.username} was refused: {reason}."
    return LinkOutlived(sentence, target=Target.of_user(owner))
