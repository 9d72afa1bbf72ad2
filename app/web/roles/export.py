"""The matrix of roles and permissions, as a file."""

from collections.abc import Iterator

from flask import Response, render_template

from app import unit_of_work
from app.domain import audit, roles
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix
from app.extensions import db
from app.web import csv, downloads
from app.web.access import requires
from app.web.forms import Form
from app.web.identity import current_actor
from app.web.roles.section import blueprint

HEADER = ("permission", "description")
TARGET = audit.Target("list", "roles and permissions")


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_READ)
def export() -> str | Response:
    """Say what would be exported; send it, and record that it was."""
    form = Form()
    if form.is_sent:
        unit_of_work.record("roles:exported", TARGET, actor=current_actor(), after={})
        matrix = roles.matrix(db.session)
        header = (*HEADER, *(role.name for role in matrix.roles))
        return downloads.csv_file("roles", csv.encoded(header, [_rows(matrix)]))
    role_count, permission_count = roles.counts(db.session)
    return render_template(
        "roles/export.html", form=form, roles=role_count, permissions=permission_count
    )


def _rows(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    for permission in matrix.permissions:
        granted = ("yes" if role.grants(permission.code) else "no" for role in matrix.roles)
        yield (permission.code, permission.description or "", *granted)
