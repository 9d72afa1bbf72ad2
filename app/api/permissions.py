"""Permissions: what there is, who has one, and whether somebody may do something."""

from typing import Any

from app.api.endpoint import endpoint, next_page
from app.api.schemas import (
    AFTER,
    CHECKS,
    PERMISSION_DETAILS,
    TEXT,
    component,
    given,
    page_of,
    taken,
)
from app.domain import access, roles
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db

READ, USER_READ = PermissionCode.ROLE_READ, PermissionCode.USER_READ


@endpoint("GET", "/permissions", needs=(READ,), gives=page_of("Permission"), query=AFTER)
def index(query: dict[str, str]) -> Any:
    """List permissions by code."""
    page = roles.permissions_page(db.session, Cursors(after=query.get("after")))
    items = [{"code": row.code, "description": row.description} for row in page.rows]
    return {"items": items, "next": next_page(page.after)}


@endpoint("GET", "/permissions/<named:code>", needs=(READ,), gives=PERMISSION_DETAILS)
def show(code: str) -> Any:
    """Read one permission, with the roles that grant it."""
    permission = roles.permission(db.session, code)
    granting = roles.granting(db.session, permission.id)
    return {
        "code": permission.code,
        "description": permission.description,
        "roles": [role.name for role in granting],
    }


@endpoint(
    "GET",
    "/who-can/<named:code>",
    read=READ,
    needs=(USER_READ,),
    gives=page_of("Member"),
    query=AFTER,
)
def who_can(code: str, query: dict[str, str]) -> Any:
    """List the active users who have a permission."""
    permission = roles.permission(db.session, code)
    role_ids = [role.id for role in roles.granting(db.session, permission.id)]
    count = roles.count_with_permission(db.session, role_ids)
    cursors = Cursors(after=query.get("after"))
    page = roles.with_permission(db.session, role_ids, cursors, count=count)
    items = [{"username": row.username, "full_name": row.full_name} for row in page.rows]
    return {"items": items, "next": next_page(page.after)}


@endpoint(
    "GET",
    "/check",
    needs=(USER_READ,),
    gives=component("Check"),
    query={"user": TEXT, "permission": TEXT},
    needed=("user", "permission"),
)
def check(query: dict[str, str]) -> Any:
    """Tell whether a user has a permission, and why."""
    return access.check(db.session, [(query["user"], query["permission"])])[0]._asdict()


@endpoint(
    "POST",
    "/check",
    needs=(USER_READ,),
    gives=given(items={"type": "array", "items": component("Check")}),
    takes=taken("checks", checks=CHECKS),
)
def check_many(body: dict[str, Any]) -> Any:
    """Tell of up to a hundred users and permissions whether they have them, and why."""
    pairs = [(each["user"], each["permission"]) for each in body["checks"]]
    return {"items": [one._asdict() for one in access.check(db.session, pairs)]}
