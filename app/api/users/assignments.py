"""The roles of a user and their permissions: read, assigned, unassigned and explained."""

from typing import Any

from app.api.changes import Resource
from app.api.endpoint import Answer, endpoint, reviewed
from app.api.schemas import HELD_LIST, NAMES, REASON, REVIEWED, ROLES_OF_USER, TEXTS, given, taken
from app.domain import access, roles, users
from app.domain.actor import Actor
from app.domain.permissions import PermissionCode
from app.domain.users import AssignmentEdit
from app.extensions import db
from app.models import User

READ, ASSIGN = PermissionCode.USER_READ, PermissionCode.ROLE_ASSIGN
ROLES = "/users/<named:username>/roles"
ONE = f"{ROLES}/<named:role>"


def _etag(user: User) -> str:
    return users.roles_etag(role.id for role in user.roles)


def _answer(user: User) -> Answer:
    return Answer({"roles": [role.name for role in user.roles]}, _etag(user))


ROLES_OF = Resource("username", READ, users.lock_named, users.get, _answer)


@endpoint("GET", ROLES, needs=(READ,), gives=ROLES_OF_USER, has_etag=True)
def index(username: str) -> Answer:
    """List the roles of a user."""
    return _answer(users.named(db.session, username))


@ROLES_OF.change(
    "PUT",
    ROLES,
    needs=(ASSIGN,),
    gives=ROLES_OF_USER,
    takes=taken("roles", roles=NAMES, **REASON, **REVIEWED),
)
def replace(user: User, body: dict[str, Any], actor: Actor) -> None:
    """Give a user exactly these roles."""
    users.set_roles(db.session, user.id, _edit(user, body), actor=actor)


@endpoint(
    "POST",
    "/users/<named:username>/role-review",
    read=READ,
    needs=(ASSIGN,),
    gives=given(assigned=TEXTS, removed=TEXTS, gained=TEXTS, lost=TEXTS),
    takes=taken("roles", roles=NAMES, **REASON),
)
def review(username: str, body: dict[str, Any]) -> Answer:
    """Tell what a user would gain and lose with exactly these roles."""
    user = users.named(db.session, username)
    found = reviewed(users.review_roles, user.id, _edit(user, body))
    content = {
        "assigned": list(found.gained_roles),
        "removed": list(found.lost_roles),
        "gained": list(found.gained),
        "lost": list(found.lost),
    }
    return Answer(content, found.content.etag)


@ROLES_OF.change("PUT", ONE, needs=(ASSIGN,), gives=ROLES_OF_USER, takes=taken(**REASON))
def assign(user: User, role: str, body: dict[str, Any], actor: Actor) -> None:
    """Assign a role to a user."""
    users.assign_role(db.session, user.id, role, **body, actor=actor)


@ROLES_OF.change("DELETE", ONE, needs=(ASSIGN,), gives=ROLES_OF_USER, takes=taken(**REASON))
def unassign(user: User, role: str, body: dict[str, Any], actor: Actor) -> None:
    """Remove a role from a user."""
    users.unassign_role(db.session, user.id, role, **body, actor=actor)


@endpoint("GET", "/users/<named:username>/permissions", needs=(READ,), gives=HELD_LIST)
def permissions(username: str) -> Any:
    """List all permissions, with those that a user has and the roles that grant them."""
    user = users.named(db.session, username)
    items = [
        {
            "code": held.code,
            "description": held.description,
            "is_granted": bool(held.roles),
            "roles": list(held.roles),
        }
        for held in access.permissions_of(db.session, user.id)
    ]
    return {"items": items}


def _edit(user: User, body: dict[str, Any]) -> AssignmentEdit:
    role_ids = roles.ids_named(db.session, body["roles"])
    return AssignmentEdit(role_ids, _etag(user), body.get("reason", ""), body.get("reviewed"))
