"""The page of a role: its members and its permissions."""

from flask import g, render_template, request

from app.domain import access, roles
from app.domain.access import AccessFromOutside
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.domain.roles import MatrixRole
from app.extensions import db
from app.web.access import requires
from app.web.events import history_card, outside
from app.web.events.history_card import HistoryCard
from app.web.roles.blueprint import blueprint


@blueprint.get("/<id:role_id>")
@requires(read=PermissionCode.ROLE_READ)
def show(role_id: int) -> str:
    """Show the description, the members and the permissions of a role."""
    matrix = roles.read_matrix(db.session)
    role = matrix.role(role_id)
    count = roles.count_members(db.session, role_id)
    history = history_card.of_role(role.target)
    return render_template(
        "roles/show.html",
        role=role,
        permissions=[row for row in matrix.permissions if role.grants(row.code)],
        members=_members(role_id, count),
        count=count,
        history=history,
        outside=None if role.grants_all else _outside(role, history),
        is_system_role=roles.is_system_role(role),
    )


def _outside(role: MatrixRole, history: HistoryCard) -> AccessFromOutside | None:
    return outside.note_of(role.holder, access.GRANTS, history)


def _members(role_id: int, count: int) -> Page | None:
    if not g.me.can(PermissionCode.USER_READ):
        return None
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    return roles.members_page(db.session, role_id, cursors, count=count)
