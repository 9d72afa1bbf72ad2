"""Pages to read: one role with its members, and two roles side by side."""

from flask import g, render_template, request

from app.domain import audit, roles
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix, MatrixRole
from app.extensions import db
from app.web import event_sentences
from app.web.access import missing, requires
from app.web.roles.section import blueprint
from app.web.row_ids import NUMBER


@blueprint.get("/<id:role_id>")
@requires(read=PermissionCode.ROLE_READ)
def show(role_id: int) -> str:
    """Show what a role is for, what it grants and who holds it."""
    matrix = roles.read_matrix(db.session)
    role = matrix.role(role_id)
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    count = roles.count_members(db.session, role_id)
    members = None
    if g.me.can(PermissionCode.USER_READ):
        members = roles.members_page(db.session, role_id, cursors, count=count)
    recent = None
    if g.me.can(PermissionCode.AUDIT_READ):
        recent = event_sentences.in_words(audit.history_of(db.session, role.target))
    return render_template(
        "roles/show.html",
        role=role,
        permissions=[one for one in matrix.permissions if role.grants(one.code)],
        members=members,
        count=count,
        recent=recent,
        is_guarded=roles.is_guarded(role),
        can_create=g.me.can(PermissionCode.ROLE_CREATE),
        can_change=g.me.can(PermissionCode.ROLE_UPDATE),
        can_delete=g.me.can(PermissionCode.ROLE_DELETE),
        needed=missing(PermissionCode.USER_READ),
    )


@blueprint.get("/compare")
@requires(read=PermissionCode.ROLE_READ)
def compare() -> str:
    """Show what two roles have in common and what one of them grants alone."""
    matrix = roles.read_matrix(db.session)
    chosen = [_chosen(matrix, name) for name in ("a", "b")]
    one, other = chosen
    parts = _parts(matrix, one, other) if one and other else []
    return render_template("roles/compare.html", matrix=matrix, chosen=chosen, parts=parts)


def _chosen(matrix: Matrix, name: str) -> MatrixRole | None:
    text = request.args.get(name, "")
    if not text:
        return None
    return matrix.role(int(text) if NUMBER.fullmatch(text) else 0)


def _parts(
    matrix: Matrix, one: MatrixRole, other: MatrixRole
) -> list[tuple[str, list[roles.PermissionRow]]]:
    by_one = {row.code for row in matrix.permissions if one.grants(row.code)}
    by_other = {row.code for row in matrix.permissions if other.grants(row.code)}
    parts = {
        "Granted by both": by_one & by_other,
        f"Only by {one.name}": by_one - by_other,
        f"Only by {other.name}": by_other - by_one,
    }
    return [
        (title, [row for row in matrix.permissions if row.code in codes])
        for title, codes in parts.items()
    ]
