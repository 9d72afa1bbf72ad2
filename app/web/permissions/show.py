"""The page of a permission: the roles that grant it and the users who have it."""

from typing import Any

from flask import g, render_template, request

from app.domain import roles
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.permissions.blueprint import blueprint


@blueprint.get("/<name:code>")
@requires(read=PermissionCode.ROLE_READ)
def show(code: str) -> str:
    """Show the roles that grant a permission, and the active users who have it through them."""
    permission = roles.permission(db.session, code)
    granting = roles.granting(db.session, permission.id)
    users = _users([role.id for role in granting])
    return render_template(
        "permissions/show.html", permission=permission, granting=granting, **users
    )


def _users(role_ids: list[int]) -> dict[str, Any]:
    """Return the number of active users with these roles, a page of them, and their roles."""
    count = roles.count_with_permission(db.session, role_ids)
    if not g.me.can(PermissionCode.USER_READ):
        return {"count": count, "people": None, "role_names": None}
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    people = roles.with_permission(db.session, role_ids, cursors, count=count)
    role_names = roles.roles_of(db.session, [person.id for person in people.rows], role_ids)
    return {"count": count, "people": people, "role_names": role_names}
