"""The permissions that roles grant: granted, revoked and replaced."""

from typing import Any

from app.api.roles.editing import ONE, UPDATE
from app.api.roles.rows import ROLE, ShownRole
from app.api.schemas import NAMES, REASON, component, taken
from app.domain import roles
from app.domain.actor import Actor
from app.domain.errors import InvalidValue, NotFound
from app.domain.roles import GrantEdit, GrantsEdit
from app.extensions import db

GRANTS = f"{ONE}/permissions"
GRANT = f"{GRANTS}/<named:code>"


@ROLE.change(
    "PUT",
    GRANTS,
    needs=(UPDATE,),
    gives=component("Role"),
    takes=taken("permissions", permissions=NAMES, **REASON),
)
def replace_permissions(shown: ShownRole, body: dict[str, Any], actor: Actor) -> None:
    """Let a role grant exactly these permissions."""
    codes = frozenset(body["permissions"])
    if unknown := sorted(codes.difference(shown.matrix.codes.values())):
        raise InvalidValue(f"There is no permission {unknown[0]}.", field="permissions")
    _save(shown, codes, body, actor)


@ROLE.change("PUT", GRANT, needs=(UPDATE,), gives=component("Role"), takes=taken(**REASON))
def grant(shown: ShownRole, code: str, body: dict[str, Any], actor: Actor) -> None:
    """Grant a role a permission."""
    _save(shown, shown.codes | _known(shown, code), body, actor)


@ROLE.change("DELETE", GRANT, needs=(UPDATE,), gives=component("Role"), takes=taken(**REASON))
def revoke(shown: ShownRole, code: str, body: dict[str, Any], actor: Actor) -> None:
    """Revoke a permission of a role."""
    _save(shown, shown.codes - _known(shown, code), body, actor)


def _save(shown: ShownRole, codes: frozenset[str], body: dict[str, Any], actor: Actor) -> None:
    selected = frozenset(id_ for id_, code in shown.matrix.codes.items() if code in codes)
    edit = GrantEdit(selected, roles.grants_etag(shown.role.permission_ids))
    edits = GrantsEdit({shown.id: edit}, body.get("reason", ""))
    roles.change_grants(db.session, edits, actor=actor)


def _known(shown: ShownRole, code: str) -> frozenset[str]:
    if code not in shown.matrix.codes.values():
        raise NotFound("This permission does not exist.")
    return frozenset({code})
