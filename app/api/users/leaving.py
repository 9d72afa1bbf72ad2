"""Users who leave: their sessions are ended one by one or all, and they are offboarded."""

from typing import Any

from app import config
from app.api.changes import Resource
from app.api.endpoint import Answer, endpoint
from app.api.schemas import FLAG, MAYBE_TEXT, NUMBER, REASON, TEXTS, TIME, given, taken
from app.api.users.accounts import ONE, READ, UPDATE
from app.api.users.rows import USER
from app.domain import etags, users
from app.domain.actor import Actor
from app.domain.authentication import sessions
from app.domain.authentication.sessions import Limits
from app.domain.confirmation import Confirmation
from app.extensions import db
from app.models import User

ENDED = {"read": UPDATE, "needs": (UPDATE,), "takes": taken(**REASON)}
SESSIONS, OFFBOARD = f"{ONE}/sessions", f"{ONE}/offboard"
SESSION = given(
    id=NUMBER, created_at=TIME, last_seen_at=TIME, address=MAYBE_TEXT, user_agent=MAYBE_TEXT
)
OFFBOARDING = given(is_active=FLAG, roles=TEXTS, sessions=NUMBER, only_theirs=TEXTS)


def _offboarding(user: User) -> Answer:
    review = users.review_offboarding(db.session, user)
    content = {
        "is_active": user.is_active,
        "roles": [role.name for role in review.granting],
        "sessions": len(sessions.of_user(db.session, user.id, _limits())),
        "only_theirs": list(review.only_theirs),
    }
    # Without the sessions: people sign in while somebody decides.
    return Answer(content, etags.of([user.is_active, review.content.etag]))


LEAVING = Resource("username", READ, users.lock_named, users.get, _offboarding)


@endpoint(
    "GET",
    SESSIONS,
    needs=(UPDATE,),
    gives=given(items={"type": "array", "items": SESSION}),
)
def index(username: str) -> Any:
    """List the sessions of a user in the console, the most recently used first."""
    user = users.named(db.session, username)
    items = [
        {
            "id": row.id,
            "created_at": row.created_at.isoformat(),
            "last_seen_at": row.last_seen_at.isoformat(),
            "address": row.address,
            "user_agent": row.user_agent,
        }
        for row in sessions.of_user(db.session, user.id, _limits())
    ]
    return {"items": items}


@USER.change("DELETE", SESSIONS, **ENDED)
def end_all(user: User, body: dict[str, Any], actor: Actor) -> None:
    """End all sessions of a user in the console."""
    users.end_sessions(db.session, user.id, **body, actor=actor)


@USER.change("DELETE", f"{SESSIONS}/<row:session_id>", **ENDED)
def end_one(user: User, session_id: int, body: dict[str, Any], actor: Actor) -> None:
    """End one session of a user in the console."""
    users.end_sessions(db.session, user.id, session_id, **body, actor=actor)


@endpoint("GET", OFFBOARD, needs=(READ,), gives=OFFBOARDING, has_etag=True)
def review(username: str) -> Answer:
    """Tell what leaves with a user: roles, sessions, permissions that nobody else has."""
    return _offboarding(users.named(db.session, username))


@LEAVING.change("POST", OFFBOARD, needs=(UPDATE,), gives=OFFBOARDING, takes=taken(**REASON))
def offboard(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Deactivate a user, end their sessions and remove their roles, as one save."""
    users.offboard(db.session, user.id, Confirmation(**body), actor=actor)


def _limits() -> Limits:
    configuration = config.current()
    return Limits(configuration.session_idle, configuration.session_lifetime)
