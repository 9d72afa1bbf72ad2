"""The page of a permission: the roles that grant it and the users who have it."""

from flask import g, render_template, request

from app.domain import roles
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.permissions.blueprint import blueprint


@blueprint.get("/<path:code>")
@requires(read=PermissionCode.ROLE_READ)
def show(code: str) -> str:
    """Show the roles that grant a permission, and the active users who have it through them."""
    permission = roles.permission(db.session, code)
    granting = roles.granting(db.session, permission.id)
    ids = [role.id for role in granting]
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    count = roles.count_with_permission(db.session, ids)
    people = held_by = None
    if g.me.can(PermissionCode.USER_READ):
        people = roles.with_permission(db.session, ids, cursors, count=count)
        held_by = roles.roles_of(db.session, [person.id for person in people.rows], ids)
    return render_template(
        "permissions/show.html",
        permission=permission,
        granting=granting,
        people=people,
        held_by=held_by,
        count=count,
    )
