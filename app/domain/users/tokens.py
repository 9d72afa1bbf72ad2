"""Create and revoke tokens of the API, one's own and those of service accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.domain import access, audit, paging, validation
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import api_tokens
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound, RuleError
from app.domain.paging import Cursors, Page, Sort
from app.domain.phrases import counted, listed
from app.domain.target import Target
from app.domain.text import checked_line, checked_reason, is_name
from app.domain.users import lifecycle, listing
from app.models import ApiToken, DbSession, Permission, User

DAYS, MOST_DAYS = 90, 365
MOST_PER_USER = 50
NAME_CHARACTERS = 100
NEWEST = Sort(ApiToken.id, ApiToken.id, descending=True, is_unique=True)


class TokenRefused(RuleError):
    """The owner cannot be given the token: another person, inactive, or with too many tokens."""


@dataclass(frozen=True)
class NewToken:
    """A token to create, as entered.

    Attributes:
        name: The name.
        scopes: The codes of the permissions that it may use; None for all of its owner.
        days: The days after which it expires.
        reason: The actor's reason.
    """

    name: str
    scopes: frozenset[str] | None = None
    days: int = DAYS
    reason: str = ""


def create_token(
    session: DbSession, user_id: int, new: NewToken, *, actor: Actor
) -> tuple[ApiToken, str]:
    """Create a token for the actor, or for a service account that the actor may change.

    Args:
        session: The database session; the caller commits it.
        user_id: The owner.
        new: The token, as entered.
        actor: The person or command creating it.

    Returns:
        The row, and the token itself: it is not stored, so this is the only time it can be shown.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The owner has permissions that the actor does not have, or the actor
            uses a token.
        TokenRefused: The owner is another person, is not active, or has too many tokens.
        InvalidValue: The name, the days, a scope or the reason is not valid.
    """
    owner = _owner_for_change(session, user_id, actor, "create")
    checked = validation.all_of(
        name=lambda: _checked_name(new.name),
        days=lambda: _checked_days(new.days),
        scopes=lambda: _checked_scopes(session, new.scopes),
        reason=lambda: checked_reason(new.reason),
    )
    _check_can_have_one_more(session, owner)
    lifetime, scopes = timedelta(days=checked["days"]), checked["scopes"]
    token, text = api_tokens.issue(session, owner.id, checked["name"], scopes, lifetime)
    after = _named(token) | {"scopes": scopes, "expires_at": token.expires_at.isoformat()}
    target, reason = Target.of_user(owner), checked["reason"]
    audit.record(session, "token:created", target, actor=actor, after=after, reason=reason)
    return token, text


def _check_can_have_one_more(session: DbSession, owner: User) -> None:
    target = Target.of_user(owner)
    if not owner.is_active:
        raise TokenRefused(f"{owner.username} is not active.", target=target)
    if api_tokens.count(session, owner.id) >= MOST_PER_USER:
        most = counted(MOST_PER_USER, "token")
        raise TokenRefused(f"{owner.username} has {most} already. Revoke one first.", target=target)


def revoke_token(
    session: DbSession, user_id: int, token_id: int, reason: str = "", *, actor: Actor
) -> ApiToken:
    """Delete a token of a user, which works no longer.

    Raises:
        NotFound: The user does not exist, or has no such token.
        BeyondOwnPermissions: The owner is not the actor and has permissions that the actor does
            not have, or the actor uses a token.
        InvalidValue: The reason is too long.
    """
    owner = _owner_for_change(session, user_id, actor, "revoke")
    checked = checked_reason(reason)
    token = api_tokens.get(session, token_id)
    if token is None or token.user_id != owner.id:
        raise NotFound("This token has been revoked already.")
    api_tokens.remove(session, token_id)
    target, before = Target.of_user(owner), _named(token)
    audit.record(session, "token:revoked", target, actor=actor, before=before, reason=checked)
    return token


def revoke_token_of_anyone(
    session: DbSession, token_id: int, reason: str = "", *, actor: Actor
) -> ApiToken:
    """Delete a token, whoever owns it.

    Raises:
        NotFound: The token does not exist.
        RuleError: As `revoke_token`.
    """
    access.serialize_access_changes(session)
    owner_id = _owner_of_token(session, token_id)
    return revoke_token(session, owner_id, token_id, reason, actor=actor)


def tokens_page(session: DbSession, cursors: Cursors) -> Page:
    """Return a page of the tokens of all users, the newest first, in one statement.

    Each has the name and the kind of its owner, and their roles as `role_names` splits them.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    columns = [column for column in ApiToken.__table__.columns if column.name != "token_hash"]
    owner = (User.username, User.full_name, User.is_active)
    query = select(*columns, *owner, api_tokens.IS_SERVICE.label("is_service"), listing.ROLE_NAMES)
    query = query.join(User, User.id == ApiToken.user_id)
    return paging.page(session, query, NEWEST, after=cursors.after, before=cursors.before)


def _owner_of_token(session: DbSession, token_id: int) -> int:
    """Return the id of the user who owns a token.

    Raises:
        NotFound: The token does not exist.
    """
    token = api_tokens.get(session, token_id)
    if token is None:
        raise NotFound(f"There is no token with the ID {token_id}.")
    return token.user_id


def _named(token: ApiToken) -> dict[str, Any]:
    return {"token": token.name, "start": token.start}


def _owner_for_change(session: DbSession, user_id: int, actor: Actor, verb: str) -> User:
    if actor.kind is ActorKind.PROGRAM:
        raise BeyondOwnPermissions(f"A token cannot {verb} tokens.")
    if actor.id != user_id:
        owner = lifecycle.load_for_change(session, user_id, actor)
        is_theirs = verb == "create" and not actor.is_command
        if is_theirs and not api_tokens.is_service(session, owner.id):
            message = f"{owner.username} is a person, who creates their own tokens."
            raise TokenRefused(message, target=Target.of_user(owner))
        return owner
    access.serialize_access_changes(session)
    owner = access.load_user_for_update(session, user_id)
    access.own_permissions(session, actor)
    return owner


def _checked_name(text: str) -> str:
    name = checked_line(text, field="name", what="The name", limit=NAME_CHARACTERS)
    if not name:
        raise InvalidValue("Enter a name, such as the program that uses the token.", field="name")
    return name


def _checked_days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue(f"A token is valid for 1 to {MOST_DAYS} days.", field="days")
    return days


def _checked_scopes(session: DbSession, scopes: Collection[str] | None) -> list[str] | None:
    if scopes is None:
        return None
    if not scopes:
        message = "Select at least one permission, or all that the owner has."
        raise InvalidValue(message, field="scopes")
    names = [code for code in scopes if is_name(code)]
    known = set(session.scalars(select(Permission.code).where(Permission.code.in_(names))))
    if unknown := sorted(set(scopes) - known):
        raise InvalidValue(f"There is no permission {listed(unknown)}.", field="scopes")
    return sorted(known)
