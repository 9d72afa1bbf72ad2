"""Activate, deactivate and delete users; reset passwords; end sessions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, confirmation, etags, reviews, roles
from app.domain.access import RoleGrants
from app.domain.actor import Actor
from app.domain.authentication import sessions
from app.domain.authentication.one_time_links import Purpose
from app.domain.confirmation import UNREVIEWED, Confirmation, Deletion
from app.domain.errors import RuleError
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent, ReviewOutdated
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import creation
from app.models import DbSession, Permission, Role, User


class UserIsReferredTo(RuleError):
    """Rows of another program refer to the user, who therefore cannot be deleted."""


class HasNoPassword(RuleError):
    """A service account has no password, and gets none."""


class UserChangedMeanwhile(ReviewOutdated):
    """The user, or a role of theirs, has changed since the page was opened."""

    def __init__(self, user: User) -> None:
        super().__init__(
            f"{user.username} was changed by somebody else while you had this page open. "
            "Check the page again before you delete the account."
        )


def access_content(user: User, granting: Sequence[RoleGrants]) -> ReviewContent:
    """Return the content of the review of a user: the roles, and the permissions by them."""
    names = [user.username, [role.name for role in granting]]
    permission_ids = frozenset().union(*(role.permission_ids for role in granting))
    parts = {
        "roles": reviews.rows_of("Their roles", Role, [role.id for role in granting]),
        "permissions": reviews.rows_of("Their permissions", Permission, permission_ids),
    }
    return ReviewContent(names, parts)


def activate(
    session: DbSession, user_id: int, typed: Confirmation = UNREVIEWED, *, actor: Actor
) -> User:
    """Let the user sign in again.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        ReviewOutdated: The user has other permissions than were reviewed.
        InvalidValue: The reason is too long.
    """
    user = load_for_change(session, user_id, actor)
    reason = checked_reason(typed.reason)
    if not user.is_active:
        _hold(session, user, typed.reviewed)
        user.is_active = True
        _record_activity(session, "user:activated", user, reason, actor)
    return user


def deactivate(
    session: DbSession, user_id: int, typed: Confirmation = UNREVIEWED, *, actor: Actor
) -> User:
    """Keep the user from signing in, and end their sessions.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        LastAdministrator: Nobody else can administer the console.
        ReviewOutdated: The user has other permissions than were reviewed.
        InvalidValue: The reason is too long.
    """
    user = load_for_change(session, user_id, actor)
    reason = checked_reason(typed.reason)
    if user.is_active:
        _hold(session, user, typed.reviewed)
        was_administrator = access.is_administrator(user)
        user.is_active = False
        _record_activity(session, "user:deactivated", user, reason, actor)
        session.flush()
        if was_administrator:
            access.refuse_without_administrator(session, user)
        sessions.end_all(session, user.id)
    return user


def start_reset(
    session: DbSession, user_id: int, typed: Confirmation = UNREVIEWED, *, actor: Actor
) -> tuple[User, str]:
    """Issue a one-time link for the user to choose a new password.

    Returns:
        The user and the link's token.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        HasNoPassword: The user is a service account.
        ReviewOutdated: The user has other permissions than were reviewed.
        InvalidValue: The reason is too long.
    """
    user = load_for_change(session, user_id, actor)
    if message := creation.why_no_password(session, user):
        raise HasNoPassword(message, target=Target.of_user(user))
    reason = checked_reason(typed.reason)
    _hold(session, user, typed.reviewed)
    target = Target.of_user(user)
    audit.record(session, "password:reset-started", target, actor=actor, reason=reason)
    return user, creation.password_link(session, user, Purpose.RESET, actor)


def deletion_etag(user: User) -> str:
    """Return the digest of a user and their roles that a deletion is checked against."""
    names = [role.name for role in user.roles]
    return etags.of([user.id, user.username, user.email, user.full_name, *names])


def delete(session: DbSession, user_id: int, deletion: Deletion, *, actor: Actor) -> Target:
    """Delete the user with their roles, sessions and links; their history stays.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        deletion: The user name as typed to confirm, the etag, the reason.
        actor: The person or command deleting the user.

    Returns:
        The user, as audit events name them.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        UserChangedMeanwhile: The user or their roles are not those that were shown.
        ReviewOutdated: The user has other permissions than were reviewed.
        InvalidValue: Another name was typed, or the reason is too long.
        LastAdministrator: Nobody else can administer the console.
        UserIsReferredTo: Rows of another program refer to the user.
    """
    user = load_for_change(session, user_id, actor, PermissionCode.USER_DELETE)
    if deletion.etag != deletion_etag(user):
        raise UserChangedMeanwhile(user)
    _hold(session, user, deletion.reviewed)
    name, reason = deletion.name, deletion.reason
    reason = confirmation.confirmed(
        name, user.username, reason, what="the user name", field="username"
    )
    was_administrator, target = access.is_administrator(user), Target.of_user(user)
    before = _recorded(user)
    audit.record(session, "user:deleted", target, actor=actor, before=before, reason=reason)
    _remove(session, user)
    if was_administrator:
        access.refuse_without_administrator(session, user)
    return target


def _recorded(user: User) -> dict[str, Any]:
    """Return what the record of a deletion keeps of the user."""
    return {
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "roles": [role.name for role in user.roles],
    }


def end_sessions(
    session: DbSession,
    user_id: int,
    session_id: int | None = None,
    reason: str = "",
    *,
    actor: Actor,
) -> User:
    """End one of the user's sessions, or all of them if none is named.

    Raises:
        NotFound: The user does not exist, or has no such session.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        InvalidValue: The reason is too long.
    """
    user = load_for_change(session, user_id, actor)
    target, checked = Target.of_user(user), checked_reason(reason)
    if session_id is not None:
        sessions.end_one(session, user.id, session_id)
        before = {"session": session_id}
        audit.record(session, "session:ended", target, actor=actor, before=before, reason=checked)
    elif sessions.end_all(session, user.id):
        audit.record(session, "sessions:ended", target, actor=actor, reason=checked)
    return user


def load_for_change(
    session: DbSession,
    user_id: int,
    actor: Actor,
    code: PermissionCode = PermissionCode.USER_UPDATE,
) -> User:
    """Return a locked user whom the actor may change; the first statement of its transaction.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The actor lacks the permission ``code``, or the user has permissions
            that the actor does not have.
    """
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, user_id)
    access.refuse_escalation(session, access.require(session, actor, code), user, ())
    return user


def _hold(session: DbSession, user: User, reviewed: str | None) -> None:
    if reviewed is not None:
        granting = roles.held_by(session, [user.id])
        reviews.hold(reviewed, access_content(user, granting))


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
    target = Target.of_user(user)
    audit.record(session, action, target, actor=actor, before=before, after=after, reason=reason)
