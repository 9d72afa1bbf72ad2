"""The current user of a request, and the actor of its changes."""

import time
from collections.abc import Sequence

from flask import Flask, Request, current_app, g, request
from flask_login import UserMixin, current_user
from sqlalchemy.exc import SQLAlchemyError

from app.config import Configuration
from app.database.waiting import Waiting
from app.domain.actor import VISITOR, Actor, ActorKind
from app.domain.authentication import session_identity, sessions
from app.domain.authentication.session_identity import SessionIdentity
from app.domain.authentication.sessions import Browser, Limits
from app.domain.permissions import PermissionCode
from app.extensions import db, login_manager
from app.http.requests import client_address, request_id
from app.models.base import utcnow
from app.web.session import ownership, session_cookie

TINTS = 5
# READ COMMITTED takes a new snapshot for each statement, so that a transaction around them changes
# nothing and costs two round trips. Changes start one of their own, see `unit_of_work`.
READING = {"isolation_level": "AUTOCOMMIT"}


class CurrentUser(UserMixin):
    """The person who has signed in; templates call it ``me``."""

    def __init__(self, identity: SessionIdentity) -> None:
        self.identity = identity
        self.id = identity.user_id
        self.session_id = identity.session_id
        self.username = identity.username
        self.name = identity.full_name or identity.username

    @property
    def initials(self) -> str:
        """The letters on the person's badge."""
        return initials(self.name)

    @property
    def tint(self) -> str:
        """The class of the badge's colour."""
        return tint(self.id)

    @property
    def has_second_factor(self) -> bool:
        """Tell whether the person has a second factor."""
        return self.identity.has_second_factor

    @property
    def lacks_second_factor(self) -> bool:
        """Tell whether the person has none, and a permission that takes one."""
        return self.identity.lacks_second_factor(_configuration().second_factor_for)

    @property
    def is_recent(self) -> bool:
        """Tell whether the person has shown not long ago who they are."""
        return utcnow() - self.identity.authenticated_at < _configuration().authentication_age

    @property
    def seconds_left(self) -> int:
        """The seconds until the session ends unless it is used again."""
        now = utcnow()
        return int((self.identity.ends_at(now, limits()) - now).total_seconds())

    def can(self, code: str) -> bool:
        """Tell whether the person has the permission ``code``."""
        return self.identity.can(code)


def register(app: Flask) -> None:
    """Load the current user from the session cookie, and nothing else."""
    # Templates ask ``me.can(PermissionCode.USER_READ)``.
    app.jinja_env.globals["PermissionCode"] = PermissionCode
    login_manager.session_protection = None
    login_manager.request_loader(_load)


def current_actor() -> Actor:
    """Return the actor of the changes of this request: the person, or a visitor."""
    me = g.get("me")
    return Actor(
        kind=ActorKind.PERSON if me else ActorKind.VISITOR,
        name=me.username if me else VISITOR,
        id=me.id if me else None,
        session_id=me.session_id if me else None,
        address=client_address(),
        request_id=request_id(),
    )


def browser() -> Browser:
    """Return the browser that sent the request."""
    agent = "".join(char for char in request.user_agent.string if char.isprintable())
    return Browser(address=client_address(), user_agent=agent or None)


def limits() -> Limits:
    """Return the limits of sessions."""
    configuration = _configuration()
    return Limits(idle=configuration.session_idle, lifetime=configuration.session_lifetime)


def secret() -> str:
    """Return the key that ties sessions to passwords."""
    return str(current_app.secret_key)


def secrets() -> tuple[str, ...]:
    """Return the keys that second factors may be encrypted by, the current one first."""
    return secret(), *_configuration().secret_key_fallbacks


def password_scheme() -> str:
    """Return the scheme by which new passwords are hashed."""
    return _configuration().password_scheme


def end_previous_session() -> None:
    """End the previous session of this browser, before a new one starts."""
    token = session_cookie.token()
    if token:
        sessions.end_by_token(db.session, token)


def load_if_possible() -> None:
    """Load the current user for an error page; nobody if the database is unavailable."""
    try:
        current_user.is_authenticated  # noqa: B018 - the property loads the person
    except SQLAlchemyError:
        db.session.rollback()


def note_use(identity: SessionIdentity, columns: Sequence[str] = sessions.SEEN) -> None:
    """Save the time of the last use of the session in the columns, at most once a minute.

    It takes a transaction of its own, and is skipped while the database is busy.
    """
    if not identity.is_due(utcnow(), columns):
        return
    db.session.rollback()
    try:
        with db.engine.connect() as connection:
            # On SQLite it writes from the start; and nowhere does a page wait for a lock here.
            connection.execution_options(write=True)
            Waiting(time.monotonic()).watch(connection)
            sessions.touch(connection, identity.session_id, columns)
            connection.commit()
    except SQLAlchemyError:
        current_app.logger.info("%s left out: the database is busy or read-only.", columns)


def initials(name: str) -> str:
    """Return one or two letters for a person's badge."""
    words = name.replace(".", " ").replace("_", " ").split()
    if len(words) > 1:
        return f"{words[0][0]}{words[-1][0]}".upper()
    return words[0][0].upper() if words else ""


def tint(user_id: int) -> str:
    """Return the class of a person's colour."""
    return f"tint-{user_id % TINTS + 1}"


def load(token: str | None) -> CurrentUser | None:
    """Load the person of the session with this token as the current user of the request."""
    identity = _identity(token) if token else None
    if token is None or identity is None:
        ownership.forget()
        return None
    ownership.claim(identity.user_id, token)
    me = CurrentUser(identity)
    g.me = me
    return me


def _load(_request: Request) -> CurrentUser | None:
    return load(session_cookie.token())


def _identity(token: str) -> SessionIdentity | None:
    _begin_reading()
    return session_identity.identify(db.session, token, limits(), secret=secret())


def _begin_reading() -> None:
    # A check of the database may have started a transaction.
    # Behind a pooler the limits on time are a transaction's.
    is_free = db.engine.dialect.name == "postgresql" and not _configuration().is_pooled
    if is_free and not db.session().in_transaction():
        db.session.connection(execution_options=READING)


def _configuration() -> Configuration:
    configuration: Configuration = current_app.config["CONSOLE"]
    return configuration
