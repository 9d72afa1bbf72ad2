"""The permissions of several roles, reviewed and changed together."""

from typing import Any

from app.api import problems
from app.api.endpoint import Answer, endpoint, reviewed, saved
from app.api.preconditions import STALE, Outdated
from app.api.roles import impact
from app.api.roles.editing import READ, UPDATE
from app.api.roles.rows import ShownRole
from app.api.schemas import (
    ETAG,
    NAMES,
    REASON,
    REVIEWED,
    TEXTS,
    component,
    given,
    taken,
)
from app.domain import roles
from app.domain.roles import GrantEdit, GrantsChangedMeanwhile, GrantsEdit, Matrix, MatrixRole
from app.extensions import db
from app.models.spelling import folded

ROLES: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1000,
    "additionalProperties": taken("etag", "permissions", etag=ETAG, permissions=NAMES),
}
NONE = "There is no role named {}."


@endpoint(
    "POST",
    "/role-review",
    read=READ,
    needs=(UPDATE,),
    gives=given(items={"type": "array", "items": impact.IMPACT}, orphaned=TEXTS),
    takes=taken("roles", roles=ROLES, **REASON),
)
def review(body: dict[str, Any]) -> Any:
    """Tell who gains and who loses permissions if roles grant exactly these."""
    try:
        found = reviewed(roles.review_grants, _edit(roles.read_matrix(db.session), body))
    except GrantsChangedMeanwhile as stale:
        return _stale(stale, body)
    items = [impact.shown(row) for row in found.roles]
    return Answer({"items": items, "orphaned": found.orphaned}, found.content.etag)


@endpoint(
    "PATCH",
    "/roles",
    read=READ,
    needs=(UPDATE,),
    gives=given(items={"type": "array", "items": component("Role")}),
    takes=taken("roles", roles=ROLES, **REASON, **REVIEWED),
)
def change_many(body: dict[str, Any]) -> Any:
    """Let several roles grant exactly these permissions, in one transaction: all or none."""
    edit = _edit(roles.read_matrix(db.session), body)
    try:
        saved(roles.change_grants, edit)
    except GrantsChangedMeanwhile as stale:
        return _stale(stale, body)
    matrix = roles.read_matrix(db.session)
    return {"items": [ShownRole(matrix, matrix.role(id_)).content for id_ in edit.edits]}


def _edit(matrix: Matrix, body: dict[str, Any]) -> GrantsEdit:
    named, ids = _named(matrix, body), {code: id_ for id_, code in matrix.codes.items()}
    unknown = {
        ("roles", name): NONE.format(name) for name in body["roles"] if name not in named
    } | {
        ("roles", name, "permissions", place): f"There is no permission {code}."
        for name, sent in body["roles"].items()
        for place, code in enumerate(sent["permissions"])
        if code not in ids
    }
    if unknown:
        errors = [problems.mistake(place, detail) for place, detail in unknown.items()]
        raise problems.Invalid(422, " ".join(dict.fromkeys(unknown.values())), errors)
    edits = {
        role.id: GrantEdit(
            frozenset(ids[code] for code in body["roles"][name]["permissions"]),
            _etag(ShownRole(matrix, role), body["roles"][name]["etag"]),
        )
        for name, role in named.items()
    }
    return GrantsEdit(edits, body.get("reason", ""), body.get("reviewed"))


def _etag(shown: ShownRole, sent: str) -> str:
    """Return the etag by which the domain compares under its lock; "" if it has changed already."""
    is_same = sent == shown.content["etag"]
    return roles.grants_etag(shown.role.permission_ids) if is_same else ""


def _named(matrix: Matrix, body: dict[str, Any]) -> dict[str, MatrixRole]:
    """Return the roles that a body names."""
    by_name = {folded(role.name): role for role in matrix.roles}
    return {name: by_name[folded(name)] for name in body["roles"] if folded(name) in by_name}


def _stale(stale: GrantsChangedMeanwhile, body: dict[str, Any]) -> Any:
    # Not as the pages say it: the description or the name may be what has changed.
    named = _named(roles.read_matrix(db.session), body)
    names = sorted(name for name, role in named.items() if role.id in stale.role_ids)
    errors = [problems.mistake(("roles", name), STALE) for name in names]
    return problems.refused(Outdated(STALE), errors)
