"""Users: list, read, create, change, activate, deactivate and delete them; end their sessions."""

from typing import Any
from urllib.parse import quote

from app import config
from app.api import preconditions
from app.api.endpoint import CREATED, Answer, endpoint, next_page, saved
from app.api.schemas import (
    AFTER,
    FLAG,
    MAYBE_TEXT,
    NAMES,
    REASON,
    TEXT,
    USER_SORTS,
    component,
    page_of,
    taken,
)
from app.domain import etags, roles, users
from app.domain.authentication import api_tokens
from app.domain.confirmation import Confirmation, Deletion
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.users import NewUser, Profile, ProfileEdit, UserFilter
from app.extensions import db
from app.models import User
from app.models.spelling import shown_address

READ, UPDATE = PermissionCode.USER_READ, PermissionCode.USER_UPDATE
ONE = "/users/<named:username>"
FILTERS = ("q", "role", "status", "signed_in")
PROFILE = {"full_name": MAYBE_TEXT, "bio": MAYBE_TEXT}


@endpoint(
    "GET",
    "/users",
    needs=(READ,),
    gives=page_of("User"),
    query={**dict.fromkeys(FILTERS, TEXT), "sort": USER_SORTS, **AFTER},
)
def index(query: dict[str, str]) -> Any:
    """List users, with the filters and orders of the page."""
    filters = UserFilter(**{name: query[name] for name in FILTERS if name in query})
    cursors = Cursors(after=query.get("after"))
    page = users.list_page(db.session, filters, query.get("sort", "username"), cursors).page
    items = [
        {
            "username": row.username,
            "email": shown_address(row.email),
            "full_name": row.full_name,
            "is_active": row.is_active,
            "is_verified": row.is_verified,
            "created_at": row.created_at.isoformat(),
            "roles": users.role_names(row.roles),
        }
        for row in page.rows
    ]
    return {"items": items, "next": next_page(page.after)}


@endpoint("GET", ONE, needs=(READ,), gives=component("UserDetails"), has_etag=True)
def show(username: str) -> Answer:
    """Read one user."""
    return answer_of(users.named(db.session, username))


@endpoint(
    "POST",
    "/users",
    needs=(PermissionCode.USER_CREATE,),
    gives=component("UserDetails"),
    status=CREATED,
    takes=taken(
        "username",
        "email",
        username=TEXT,
        email=TEXT,
        roles=NAMES,
        is_service_account=FLAG,
        **PROFILE,
        **REASON,
    ),
)
def create(body: dict[str, Any]) -> Answer:
    """Create a user without a password: somebody sends them a link from the console."""
    new = NewUser(
        body["username"],
        body["email"],
        full_name=body.get("full_name"),
        bio=body.get("bio"),
        role_ids=frozenset(roles.named(db.session, name).id for name in body.get("roles", ())),
        email_domains=config.current().email_domains,
        reason=body.get("reason", ""),
        is_service=body.get("is_service_account", False),
    )
    user = saved(users.create_without_link, new)
    answer = answer_of(users.get(db.session, user.id))
    path = f"/api/v1/users/{quote(user.username, safe='')}"
    return Answer(answer.content, answer.etag, CREATED, {"Location": path})


@endpoint(
    "PATCH",
    ONE,
    needs=(UPDATE,),
    gives=component("UserDetails"),
    has_etag=True,
    takes=taken(username=TEXT, email=TEXT, is_verified=FLAG, **PROFILE, **REASON),
)
def change(username: str, body: dict[str, Any]) -> Answer:
    """Change the profile of a user; what is left out stays."""
    user = matched(username)
    stored = users.profile_of(user)
    profile = Profile(
        username=body.get("username", stored.username),
        email=body.get("email", stored.email),
        full_name=body.get("full_name", stored.full_name) or "",
        bio=body.get("bio", stored.bio) or "",
        is_verified=body.get("is_verified", stored.is_verified),
    )
    domains = config.current().email_domains
    edit = ProfileEdit(profile, users.profile_etag(user), body.get("reason", ""), domains)
    saved(users.change, user.id, edit)
    return answer_of(users.get(db.session, user.id))


@endpoint("DELETE", ONE, needs=(PermissionCode.USER_DELETE,), has_etag=True, takes=taken(**REASON))
def delete(username: str, body: dict[str, Any]) -> None:
    """Delete a user."""
    user = matched(username)
    etag = users.deletion_etag(user)
    saved(users.delete, user.id, Deletion(user.username, etag, body.get("reason", "")))


@endpoint(
    "POST",
    f"{ONE}/activate",
    needs=(UPDATE,),
    gives=component("UserDetails"),
    has_etag=True,
    takes=taken(**REASON),
)
def activate(username: str, body: dict[str, Any]) -> Answer:
    """Activate a user."""
    user = matched(username)
    saved(users.activate, user.id, Confirmation(body.get("reason", "")))
    return answer_of(users.get(db.session, user.id))


@endpoint(
    "POST",
    f"{ONE}/deactivate",
    needs=(UPDATE,),
    gives=component("UserDetails"),
    has_etag=True,
    takes=taken(**REASON),
)
def deactivate(username: str, body: dict[str, Any]) -> Answer:
    """Deactivate a user, and end their sessions; their tokens stop working."""
    user = matched(username)
    saved(users.deactivate, user.id, Confirmation(body.get("reason", "")))
    return answer_of(users.get(db.session, user.id))


@endpoint("DELETE", f"{ONE}/sessions", needs=(UPDATE,), has_etag=True)
def end_sessions(username: str) -> None:
    """End all sessions of a user in the console."""
    saved(users.end_sessions, matched(username).id)


def matched(username: str) -> User:
    """Return the user if the request was made for its current version.

    Raises:
        NotFound: There is no such user.
        Invalid: The user has changed since it was read (412).
    """
    user = users.named(db.session, username)
    preconditions.compare(etag_of(user))
    return user


def answer_of(user: User) -> Answer:
    """Return the answer that shows a user."""
    return Answer(_details(user), etag_of(user))


def etag_of(user: User) -> str:
    """Return the etag of all that the API shows of a user."""
    return etags.of(_details(user))


def _details(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "email": user.shown_email,
        "full_name": user.full_name,
        "is_active": user.is_active,
        "is_verified": user.is_verified,
        "created_at": user.created_at.isoformat(),
        "roles": [role.name for role in user.roles],
        "bio": user.bio,
        "is_service_account": api_tokens.is_service(db.session, user.id),
    }
