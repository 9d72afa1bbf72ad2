"""Users: list, read, create, change, activate, deactivate and delete them."""

from typing import Any

from app import config
from app.api.endpoint import CREATED, Answer, created, endpoint, next_page, saved
from app.api.schemas import (
    AFTER,
    FLAG,
    MAYBE_TEXT,
    NAMES,
    REASON,
    TEXT,
    USER_SORTS,
    Schema,
    component,
    page_of,
    taken,
)
from app.api.users.rows import USER, answer_of, listed
from app.domain import roles, users
from app.domain.actor import Actor
from app.domain.confirmation import Confirmation, Deletion
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.users import NO_EXTRAS, NewUser, Profile, ProfileEdit, UserFilter
from app.extensions import db
from app.models import User

READ, UPDATE = PermissionCode.USER_READ, PermissionCode.USER_UPDATE
ONE = "/users/<named:username>"
FILTERS: dict[str, Schema] = {
    **dict.fromkeys(("q", "role"), TEXT),
    "status": {"type": "string", "enum": list(users.STATUSES)},
    "signed_in": {"type": "string", "enum": list(users.SIGN_IN_TIMES)},
    "kind": {"type": "string", "enum": list(users.KINDS)},
}
PROFILE = {"full_name": MAYBE_TEXT, "bio": MAYBE_TEXT}
CONFIRMED = {"needs": (UPDATE,), "gives": component("UserDetails"), "takes": taken(**REASON)}


@endpoint(
    "GET",
    "/users",
    needs=(READ,),
    gives=page_of("User"),
    query={**FILTERS, "sort": USER_SORTS, **AFTER},
)
def index(query: dict[str, str]) -> Any:
    """List users, with the filters and orders of the page."""
    filters, cursors = filters_of(query), Cursors(after=query.get("after"))
    page = users.list_page(db.session, filters, query.get("sort", "username"), cursors).page
    more = users.extras(db.session, [row.id for row in page.rows])
    items = [listed(row, more.get(row.id, NO_EXTRAS)) for row in page.rows]
    return {"items": items, "next": next_page(page.after)}


def filters_of(query: dict[str, str]) -> UserFilter:
    """Return the filters that a query has."""
    return UserFilter(**{name: query[name] for name in FILTERS if name in query})


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
        role_ids=roles.ids_named(db.session, body.get("roles", ())),
        email_domains=config.current().email_domains,
        reason=body.get("reason", ""),
        is_service=body.get("is_service_account", False),
    )
    user = saved(users.create_without_link, new)
    return created(answer_of(users.get(db.session, user.id)), "/users", user.username)


@USER.change(
    "PATCH",
    ONE,
    needs=(UPDATE,),
    gives=component("UserDetails"),
    takes=taken(username=TEXT, email=TEXT, is_verified=FLAG, **PROFILE, **REASON),
)
def change(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Change the profile of a user; what is left out stays."""
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
    users.change(db.session, user.id, edit, actor=actor)


@USER.change("DELETE", ONE, needs=(PermissionCode.USER_DELETE,), takes=taken(**REASON))
def delete(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Delete a user."""
    deletion = Deletion(user.username, users.deletion_etag(user), body.get("reason", ""))
    users.delete(db.session, user.id, deletion, actor=actor)


@USER.change("POST", f"{ONE}/activate", **CONFIRMED)
def activate(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Activate a user."""
    users.activate(db.session, user.id, Confirmation(**body), actor=actor)


@USER.change("POST", f"{ONE}/deactivate", **CONFIRMED)
def deactivate(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Deactivate a user, and end their sessions; their tokens stop working."""
    users.deactivate(db.session, user.id, Confirmation(**body), actor=actor)
