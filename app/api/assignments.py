"""The roles of a user and their permissions: read, assigned, unassigned and explained."""

from typing import Any

from app.api import preconditions
from app.api.endpoint import Answer, endpoint, saved
from app.api.schemas import HELD_LIST, NAMES, REASON, ROLES_OF_USER, taken
from app.domain import access, roles, users
from app.domain.permissions import PermissionCode
from app.domain.users import AssignmentEdit
from app.extensions import db
from app.models import User

READ, ASSIGN = PermissionCode.USER_READ, PermissionCode.ROLE_ASSIGN
ROLES = "/users/<named:username>/roles"
ONE = f"{ROLES}/<named:role>"


@endpoint("GET", ROLES, needs=(READ,), gives=ROLES_OF_USER, has_etag=True)
def index(username: str) -> Answer:
    """List the roles of a user."""
    return _answer(users.named(db.session, username))


@endpoint(
    "PUT",
    ROLES,
    needs=(ASSIGN,),
    gives=ROLES_OF_USER,
    takes=taken("roles", roles=NAMES, **REASON),
    has_etag=True,
)
def replace(username: str, body: dict[str, Any]) -> Answer:
    """Give a user exactly these roles."""
    user = _matched(username)
    role_ids = frozenset(roles.named(db.session, name).id for name in body["roles"])
    edit = AssignmentEdit(role_ids, _etag(user), body.get("reason", ""))
    saved(users.set_roles, user.id, edit)
    return _answer(_fresh(user))


@endpoint("PUT", ONE, needs=(ASSIGN,), gives=ROLES_OF_USER, takes=taken(**REASON), has_etag=True)
def assign(username: str, role: str, body: dict[str, Any]) -> Answer:
    """Assign a role to a user."""
    user = _matched(username)
    saved(users.assign_role, user.id, role, body.get("reason", ""))
    return _answer(_fresh(user))


@endpoint("DELETE", ONE, needs=(ASSIGN,), gives=ROLES_OF_USER, takes=taken(**REASON), has_etag=True)
def unassign(username: str, role: str, body: dict[str, Any]) -> Answer:
    """Remove a role from a user."""
    user = _matched(username)
    saved(users.unassign_role, user.id, role, body.get("reason", ""))
    return _answer(_fresh(user))


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


def _matched(username: str) -> User:
    user = users.named(db.session, username)
    preconditions.compare(_etag(user))
    return user


def _fresh(user: User) -> User:
    db.session.expire_all()
    return users.get(db.session, user.id)


def _answer(user: User) -> Answer:
    return Answer({"roles": [role.name for role in user.roles]}, _etag(user))


def _etag(user: User) -> str:
    return users.roles_etag(role.id for role in user.roles)
