"""Accounts: activated, deactivated and deleted, their sessions ended, their passwords reset."""

from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, confirmation
from app.domain.actor import Actor
from app.domain.authentication import sessions
from app.domain.errors import RuleError
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import creation
from app.models import DbSession, User


class UserIsReferredTo(RuleError):
    """Rows of another program refer to the user, who therefore cannot be deleted."""


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
    audit.record(
        session, "password:reset-started", creation.target_of(user), actor=actor, reason=reason
    )
    return user, creation.password_link(session, user, actor)


def delete(
    session: DbSession, user_id: int, typed: str, reason: str = "", *, actor: Actor
) -> Target:
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
    reason = confirmation.confirmed(
        typed, user.username, reason, what="the user name", field="username"
    )
    was_administrator, target = access.is_administrator(user), creation.target_of(user)
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
    audit.record(session, "session:ended", creation.target_of(user), actor=actor, before=before)
    return user


def end_sessions(session: DbSession, user_id: int, *, actor: Actor) -> User:
    """End all of the user's sessions.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
    """
    user = for_change(session, user_id, actor)
    if sessions.end_all(session, user.id):
        audit.record(session, "sessions:ended", creation.target_of(user), actor=actor)
    return user


def for_change(session: DbSession, user_id: int, actor: Actor) -> User:
    """Return a user whom the actor may change, locked; the first statement of its transaction.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
    """
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, user_id)
    access.refuse_escalation(session, access.own_permissions(session, actor), user, ())
    return user


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
    target = creation.target_of(user)
    audit.record(session, action, target, actor=actor, before=before, after=after, reason=reason)
