"""The token of a request: who asks, and what they may do at this moment."""

import time
from collections.abc import Collection

from flask import current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app import config, unit_of_work
from app.api import rate_limits
from app.database import revisions
from app.database.waiting import Waiting
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import api_tokens, tokens
from app.domain.authentication.api_tokens import TokenIdentity
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.http.requests import client_address, request_id

SCHEME = WWWAuthenticate("bearer", {"realm": "RAG Fortress Console"})
LIMITED = "The token is limited to other permissions."
NOT_GRANTED = "The owner of the token has no role that grants it."
MISSING = "Send a token in the header Authorization: Bearer."
NO_SECOND_FACTOR = (
    "The permissions of {name} require a second factor. Until {name} has set one up at {page},"
    " tokens of {name} are refused."
)
REJECTED = "The token is unknown, has expired or was revoked, or its owner is not active."


class TokenLacksPermission(Forbidden):
    """The token may not use a permission, or its owner does not have it."""


class SecondFactorMissing(Exception):
    """The owner of the token has to set up a second factor first."""


class WrongRevision(Exception):
    """The database is at another revision than the console needs."""


def demand(needed: Collection[PermissionCode], read: PermissionCode | None = None) -> None:
    """Go on only with a token that has one of the permissions; any token if none is needed.

    Args:
        needed: The permissions of which one is needed.
        read: The permission to look, which is needed besides.

    Raises:
        Unauthorized: There is no token, or none that works.
        TooManyRequests: There are too many requests with the token, or without one that works.
        WrongRevision: The database is at another revision.
        TokenLacksPermission: The permissions are missing; the denial is recorded.
        SecondFactorMissing: The owner has no second factor, and needs one.
    """
    caller = _identify()
    status = revisions.status_of(caller.revision)
    if not status.is_current:
        raise WrongRevision(status.message)
    g.caller = caller
    hold(needed, read)
    if caller.lacks_second_factor(config.current().second_factor_for):
        page = url_for("account.second_factor")
        raise SecondFactorMissing(NO_SECOND_FACTOR.format(name=caller.username, page=page))
    _note_use(caller)


def hold(needed: Collection[PermissionCode], read: PermissionCode | None = None) -> None:
    """Go on only if the caller has the permission to look, and one of those that are needed.

    Raises:
        TokenLacksPermission: The permissions are missing; the denial is recorded.
    """
    if read and not caller().can(read):
        deny(read)
    if needed and not any(map(caller().can, needed)):
        deny(next(iter(needed)))


def deny(code: PermissionCode) -> None:
    """Record that the token may not use a permission, and end the request with 403.

    Raises:
        TokenLacksPermission: Always.
    """
    after = {"permission": code.value, "method": request.method}
    target = Target("page", request.path)
    unit_of_work.record("permission:denied", target, actor=current_actor(), after=after)
    is_limited = caller().scopes is not None and code not in (caller().scopes or ())
    reason = LIMITED if is_limited else NOT_GRANTED
    raise TokenLacksPermission(f"You need the permission {code} for this. {reason}")


def caller() -> TokenIdentity:
    """Return the identity behind the token of this request."""
    identity: TokenIdentity = g.caller
    return identity


def current_actor() -> Actor:
    """Return the actor of the changes of this request: the owner of the token, by token."""
    identity = caller()
    return Actor(
        kind=ActorKind.PROGRAM,
        name=identity.username,
        id=identity.user_id,
        session_id=identity.token_id,
        address=client_address(),
        request_id=request_id(),
        scopes=identity.scopes,
    )


def _identify() -> TokenIdentity:
    authorization = request.authorization
    token = authorization.token if authorization and authorization.type == "bearer" else None
    if not token:
        rate_limits.hold_refused()
        raise Unauthorized(MISSING, www_authenticate=SCHEME)
    identity = api_tokens.identify(db.session, token)
    if identity is None:
        rate_limits.hold_refused()
        raise Unauthorized(REJECTED, www_authenticate=SCHEME)
    rate_limits.hold_token(tokens.digest(token))
    return identity


def _note_use(identity: TokenIdentity) -> None:
    """Save the time of the last use, at most every ten minutes; skipped while that would wait."""
    if not identity.is_due:
        return
    db.session.rollback()
    try:
        with db.engine.connect() as connection:
            connection.execution_options(write=True)
            Waiting(time.monotonic()).watch(connection)
            api_tokens.touch(connection, identity.token_id)
            connection.commit()
    except SQLAlchemyError:
        current_app.logger.info("The use of a token was left out: the database is busy.")
