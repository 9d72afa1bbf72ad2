"""Roles: list, read, create, rename, describe and delete them; grant and revoke permissions."""

from typing import Any
from urllib.parse import quote

from app.api import bearer, preconditions
from app.api.endpoint import CREATED, Answer, endpoint, next_page, saved
from app.api.schemas import AFTER, MAYBE_TEXT, NAMES, REASON, TEXT, component, page_of, taken
from app.domain import etags, roles
from app.domain.confirmation import Deletion
from app.domain.errors import InvalidValue, NotFound
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.roles import GrantEdit, GrantsEdit, Matrix, MatrixRole, NewRole, RoleEdit
from app.extensions import db

READ, UPDATE = PermissionCode.ROLE_READ, PermissionCode.ROLE_UPDATE
ONE = "/roles/<named:name>"
GRANT = f"{ONE}/permissions/<named:code>"


@endpoint("GET", "/roles", needs=(READ,), gives=page_of("Role"))
def index() -> Any:
    """List all roles with their permissions, in one page."""
    matrix = roles.read_matrix(db.session)
    return {"items": [_shown(matrix, role) for role in matrix.roles], "next": None}


@endpoint("GET", ONE, needs=(READ,), gives=component("Role"), has_etag=True)
def show(name: str) -> Answer:
    """Read one role with its permissions."""
    return _answer(*_found(name))


@endpoint(
    "POST",
    "/roles",
    needs=(PermissionCode.ROLE_CREATE,),
    gives=component("Role"),
    status=CREATED,
    takes=taken("name", name=TEXT, description=TEXT, template=TEXT, clone_of=TEXT, **REASON),
)
def create(body: dict[str, Any]) -> Answer:
    """Create a role: without permissions, from a template, or as a clone of another role."""
    clone_of = roles.named(db.session, body["clone_of"]).id if "clone_of" in body else None
    fields = {name: body[name] for name in ("description", "template", "reason") if name in body}
    role = saved(roles.create, NewRole(body["name"], clone_of=clone_of, **fields))
    answer = _answer(*_found(role.name))
    path = f"/api/v1/roles/{quote(role.name, safe='')}"
    return Answer(answer.content, answer.etag, CREATED, {"Location": path})


@endpoint(
    "PATCH",
    ONE,
    needs=(UPDATE,),
    gives=component("Role"),
    takes=taken(name=TEXT, description=MAYBE_TEXT, **REASON),
    has_etag=True,
)
def change(name: str, body: dict[str, Any]) -> Answer:
    """Rename or describe a role; what is left out stays."""
    _, role = _matched(name)
    stored = roles.get(db.session, role.id)
    new_name, description = body.get("name", role.name), body.get("description", role.description)
    edit = RoleEdit(new_name, description or "", roles.etag_of(stored), body.get("reason", ""))
    saved(roles.change, role.id, edit)
    return _answer(*_found(roles.get(db.session, role.id).name))


@endpoint("DELETE", ONE, needs=(PermissionCode.ROLE_DELETE,), takes=taken(**REASON), has_etag=True)
def delete(name: str, body: dict[str, Any]) -> None:
    """Delete a role; its members lose it."""
    _, role = _matched(name)
    etag = roles.deletion_etag(role)
    saved(roles.delete, role.id, Deletion(role.name, etag, body.get("reason", "")))


@endpoint(
    "PUT",
    f"{ONE}/permissions",
    needs=(UPDATE,),
    gives=component("Role"),
    takes=taken("permissions", permissions=NAMES, **REASON),
    has_etag=True,
)
def replace_permissions(name: str, body: dict[str, Any]) -> Answer:
    """Let a role grant exactly these permissions."""
    matrix, role = _matched(name)
    return _granted(matrix, role, set(body["permissions"]), body)


@endpoint(
    "PUT", GRANT, needs=(UPDATE,), gives=component("Role"), takes=taken(**REASON), has_etag=True
)
def grant(name: str, code: str, body: dict[str, Any]) -> Answer:
    """Grant a role a permission."""
    matrix, role = _matched(name)
    return _granted(matrix, role, {*_codes(matrix, role), _known(matrix, code)}, body)


@endpoint(
    "DELETE", GRANT, needs=(UPDATE,), gives=component("Role"), takes=taken(**REASON), has_etag=True
)
def revoke(name: str, code: str, body: dict[str, Any]) -> Answer:
    """Revoke a permission of a role."""
    matrix, role = _matched(name)
    return _granted(matrix, role, {*_codes(matrix, role)} - {_known(matrix, code)}, body)


@endpoint("GET", f"{ONE}/members", needs=(READ,), gives=page_of("Member"), query=AFTER)
def members(name: str, query: dict[str, str]) -> Any:
    """List the members of a role."""
    if not bearer.caller().can(PermissionCode.USER_READ):
        bearer.deny(PermissionCode.USER_READ)
    role = roles.named(db.session, name)
    count = roles.count_members(db.session, role.id)
    page = roles.members_page(db.session, role.id, Cursors(after=query.get("after")), count=count)
    items = [{"username": row.username, "full_name": row.full_name} for row in page.rows]
    return {"items": items, "next": next_page(page.after)}


def _found(name: str) -> tuple[Matrix, MatrixRole]:
    role_id = roles.named(db.session, name).id
    matrix = roles.read_matrix(db.session)
    return matrix, matrix.role(role_id)


def _matched(name: str) -> tuple[Matrix, MatrixRole]:
    """Return the role if the request was made for its current version."""
    matrix, role = _found(name)
    preconditions.compare(etags.of(_shown(matrix, role)))
    return matrix, role


def _granted(matrix: Matrix, role: MatrixRole, codes: set[str], body: dict[str, Any]) -> Answer:
    ids = {permission.code: permission.id for permission in matrix.permissions}
    if unknown := sorted(codes - ids.keys()):
        raise InvalidValue(f"There is no permission {unknown[0]}.", field="permissions")
    selected = frozenset(ids[code] for code in codes)
    edit = GrantEdit(selected, roles.grants_etag(role.permission_ids))
    saved(roles.change_grants, GrantsEdit({role.id: edit}, body.get("reason", "")))
    return _answer(*_found(role.name))


def _known(matrix: Matrix, code: str) -> str:
    if code not in {permission.code for permission in matrix.permissions}:
        raise NotFound("This permission does not exist.")
    return code


def _codes(matrix: Matrix, role: MatrixRole) -> list[str]:
    return sorted(matrix.granted[role.id])


def _answer(matrix: Matrix, role: MatrixRole) -> Answer:
    content = _shown(matrix, role)
    return Answer(content, etags.of(content))


def _shown(matrix: Matrix, role: MatrixRole) -> dict[str, Any]:
    return {
        "name": role.name,
        "description": role.description,
        "is_system": roles.is_system_role(role),
        "grants_all": role.grants_all,
        "permissions": _codes(matrix, role),
    }
