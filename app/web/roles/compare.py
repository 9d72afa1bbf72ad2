"""The page that compares two roles."""

from flask import render_template, request

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix, MatrixRole, Rows
from app.extensions import db
from app.web.access import requires
from app.web.roles.blueprint import blueprint
from app.web.row_ids import possible_id


@blueprint.get("/compare")
@requires(read=PermissionCode.ROLE_READ)
def compare() -> str:
    """Show the permissions that two roles share, and those of only one of them."""
    matrix = roles.read_matrix(db.session)
    chosen = [_chosen(matrix, name) for name in ("a", "b")]
    first, second = chosen
    parts = _parts(matrix, first, second) if first and second else []
    return render_template("roles/compare.html", matrix=matrix, chosen=chosen, parts=parts)


def _chosen(matrix: Matrix, name: str) -> MatrixRole | None:
    text = request.args.get(name, "")
    if not text:
        return None
    return matrix.role(possible_id(text))


def _parts(matrix: Matrix, first: MatrixRole, second: MatrixRole) -> list[tuple[str, Rows]]:
    found = matrix.compare(first, second)
    return [
        ("Granted by both", found.both),
        (f"Only by {first.name}", found.only_first),
        (f"Only by {second.name}", found.only_second),
    ]
