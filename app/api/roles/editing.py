"""Roles: list, read, create, rename, describe and delete them; grant and revoke permissions."""

from typing import Any

from app.api.endpoint import CREATED, Answer, created, endpoint, next_page, saved
from app.api.roles.filters import FILTERS, filters_of
from app.api.roles.rows import ROLE, ShownRole, get
from app.api.schemas import (
    AFTER,
    MAYBE_TEXT,
    REASON,
    TEXT,
    TEXTS,
    component,
    given,
    page_of,
    taken,
)
from app.domain import roles
from app.domain.actor import Actor
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.roles import MatrixFilter, NewRole, RoleEdit
from app.extensions import db

READ, UPDATE = PermissionCode.ROLE_READ, PermissionCode.ROLE_UPDATE
ONE = "/roles/<named:name>"
LIST = given(**page_of("Role")["properties"], permissions=TEXTS)
TEMPLATE = {**TEXT, "examples": list(roles.TEMPLATES)}


@endpoint("GET", "/roles", needs=(READ,), gives=LIST, query={**FILTERS, **AFTER})
def index(query: dict[str, str]) -> Any:
    """List roles by name, and the permissions that match the filters.

    Each role has all of its permissions, since a change has to name all that it is to grant.
    """
    filters, cursors = filters_of(query), Cursors(after=query.get("after"))
    if filters == MatrixFilter():
        matrix, after = roles.matrix_page(db.session, cursors)
        found = matrix
    else:
        found = roles.matching(roles.read_matrix(db.session), filters)
        matrix, after = roles.matrix_page(db.session, cursors, found.by_id)
    return {
        "items": [ShownRole(matrix, role).content for role in matrix.roles],
        "permissions": [row.code for row in found.permissions],
        "next": next_page(after),
    }


@endpoint("GET", ONE, needs=(READ,), gives=component("Role"), has_etag=True)
def show(name: str) -> Answer:
    """Read one role with its permissions."""
    return get(db.session, roles.named(db.session, name).id).answer


@endpoint(
    "POST",
    "/roles",
    needs=(PermissionCode.ROLE_CREATE,),
    gives=component("Role"),
    status=CREATED,
    takes=taken("name", name=TEXT, description=TEXT, template=TEMPLATE, clone_of=TEXT, **REASON),
)
def create(body: dict[str, Any]) -> Answer:
    """Create a role: without permissions, from a template, or as a clone of another role."""
    clones = [body["clone_of"]] if "clone_of" in body else []
    clone_of = next(iter(roles.ids_named(db.session, clones, field="clone_of")), None)
    fields = {name: body[name] for name in ("description", "template", "reason") if name in body}
    role = saved(roles.create, NewRole(body["name"], clone_of=clone_of, **fields))
    return created(get(db.session, role.id).answer, "/roles", role.name)


@ROLE.change(
    "PATCH",
    ONE,
    needs=(UPDATE,),
    gives=component("Role"),
    takes=taken(name=TEXT, description=MAYBE_TEXT, **REASON),
)
def change(shown: ShownRole, body: dict[str, Any], actor: Actor) -> None:
    """Rename or describe a role; what is left out stays."""
    role = roles.get(db.session, shown.id)
    name, description = body.get("name", role.name), body.get("description", role.description)
    edit = RoleEdit(name, description or "", roles.etag_of(role), body.get("reason", ""))
    roles.change(db.session, role.id, edit, actor=actor)
