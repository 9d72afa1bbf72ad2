"""The identity of a request: the session cookie, and its user."""

from flask import Flask, Request, current_app, g, request
from flask_login import UserMixin, current_user
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.wrappers import Response

from app.config import Configuration
from app.config.database_options import LOCK_SECONDS
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import sessions
from app.domain.authentication.sessions import Client, Identity, Limits
from app.domain.permissions import PermissionCode
from app.extensions import db, login_manager
from app.models.base import utcnow
from app.web.client_address import client_address
from app.web.security import request_id

TINTS = 5
# READ COMMITTED looks anew with each statement anyhow: a transaction around them says nothing more
# and costs two round trips. What changes something begins one of its own, see `unit_of_work`.
READING = {"isolation_level": "AUTOCOMMIT"}


class Me(UserMixin):
    """The person who has signed in, as pages know them."""

    def __init__(self, identity: Identity) -> None:
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

    def can(self, code: str) -> bool:
        """Tell whether the person holds the permission ``code``."""
        return self.identity.can(code)


def register(app: Flask) -> None:
    """Let Flask-Login ask us, and nobody else, who is signed in."""
    # Templates ask ``me.can(PermissionCode.USER_READ)``.
    app.jinja_env.globals["PermissionCode"] = PermissionCode
    login_manager.session_protection = None
    login_manager.request_loader(_load)


def current_actor() -> Actor:
    """Return who makes the changes of this request: the person, or a visitor."""
    me = g.get("me")
    return Actor(
        kind=ActorKind.PERSON if me else ActorKind.VISITOR,
        name=me.username if me else "visitor",
        id=me.id if me else None,
        session_id=me.session_id if me else None,
        address=client_address(),
        request_id=request_id(),
    )


def client() -> Client:
    """Return the browser at the other end."""
    agent = "".join(sign for sign in request.user_agent.string if sign.isprintable())
    return Client(address=client_address(), user_agent=agent or None)


def limits() -> Limits:
    """Return how long sessions last."""
    configuration = _configuration()
    return Limits(idle=configuration.session_idle, lifetime=configuration.session_lifetime)


def secret() -> str:
    """Return the key that ties sessions to passwords."""
    return str(current_app.secret_key)


def remember(response: Response, token: str) -> Response:
    """Give the browser the cookie of a session that has just begun."""
    return keep(response, _cookie_name(), token)


def keep(response: Response, name: str, value: str, *, max_age: int | None = None) -> Response:
    """Give the browser a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=not _configuration().is_development,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(response: Response) -> Response:
    """Take the session's cookie away, if the browser has one."""
    if _cookie_name() not in request.cookies:
        return response
    response.delete_cookie(
        _cookie_name(),
        secure=not _configuration().is_development,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def leave() -> None:
    """End the session that this browser had, whoever's it was: a new one is to begin."""
    token = request.cookies.get(_cookie_name())
    if token:
        sessions.end_held(db.session, token)


def recognise() -> None:
    """Learn who is asking, for the page of an error; where the database is away, nobody."""
    try:
        current_user.is_authenticated  # noqa: B018 - asking is what loads the person
    except SQLAlchemyError:
        db.session.rollback()


def note_use(identity: Identity) -> None:
    """Write down, at most once a minute, that the session is in use.

    A transaction of its own, after the one that was read in; left out where the database is busy.
    """
    if not identity.is_due(utcnow()):
        return
    db.session.rollback()
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                _touch_unless_busy(connection, identity.session_id)
            else:
                _touch(connection, identity.session_id)
    except OperationalError:
        current_app.logger.info("last_seen_at was left out: the database is busy.")


def initials(name: str) -> str:
    """Return one or two letters for a person's badge."""
    words = name.replace(".", " ").replace("_", " ").split()
    if len(words) > 1:
        return f"{words[0][0]}{words[-1][0]}".upper()
    return words[0][0].upper() if words else ""


def tint(user_id: int) -> str:
    """Return the class of a person's colour."""
    return f"tint-{user_id % TINTS + 1}"


def _load(request: Request) -> Me | None:
    token = request.cookies.get(_cookie_name())
    if not token:
        return None
    _begin_reading()
    identity = sessions.identify(db.session, token, limits(), secret=secret())
    if identity is None:
        return None
    me = Me(identity)
    g.me = me
    return me


def _begin_reading() -> None:
    # Where the database was asked before whether it can be used, a transaction has begun.
    if db.engine.dialect.name == "postgresql" and not db.session().in_transaction():
        db.session.connection(execution_options=READING)


def _touch_unless_busy(connection: Connection, session_id: int) -> None:
    _without_waiting(connection, "PRAGMA busy_timeout = 0")
    try:
        _touch(connection, session_id)
    finally:
        connection.rollback()
        _without_waiting(connection, f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")


def _without_waiting(connection: Connection, pragma: str) -> None:
    connection.execution_options(write=False).exec_driver_sql(pragma)
    connection.rollback()


def _touch(connection: Connection, session_id: int) -> None:
    connection.execution_options(write=True)
    sessions.touch(connection, session_id)
    connection.commit()


def _cookie_name() -> str:
    return _configuration().cookie("console")


def _configuration() -> Configuration:
    configuration: Configuration = current_app.config["CONSOLE"]
    return configuration
