"""The matrix of roles and permissions, or the rows that its filter lets pass, as a file."""

from collections.abc import Iterator
from dataclasses import asdict

from flask import Response, render_template
from wtforms import HiddenField

from app import unit_of_work
from app.domain import audit, matrix_filter, roles
from app.domain.matrix_filter import MatrixFilter
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix
from app.extensions import db
from app.web import csv, downloads
from app.web.access import requires
from app.web.forms import Form
from app.web.identity import current_actor
from app.web.roles import listing
from app.web.roles.listing import Listing
from app.web.roles.section import blueprint

HEADER = ("permission", "description")
TARGET = audit.Target("list", "roles and permissions")


class ExportForm(Form):
    """Which rows the filter of the matrix lets pass, which is sent along."""

    match_q = HiddenField()
    match_resource = HiddenField()
    match_differ = HiddenField()

    @property
    def wanted(self) -> MatrixFilter:
        """Which rows to export."""
        return MatrixFilter(
            q=(self.match_q.data or "").strip(),
            resource=self.match_resource.data or "",
            differ=self.match_differ.data or "",
        )


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_READ)
def export() -> str | Response:
    """Say what would be exported; send it, and record that it was."""
    asked = {f"match_{name}": text for name, text in asdict(listing.wanted()).items()}
    form = ExportForm(**asked)
    if form.is_sent:
        return _download(form.wanted)
    page = _page(form.wanted)
    return render_template("roles/export.html", form=form, page=page)


def _download(wanted: MatrixFilter) -> Response:
    shown = _page(wanted).shown
    after = {"filter": {name: text for name, text in asdict(wanted).items() if text}}
    unit_of_work.record("roles:exported", TARGET, actor=current_actor(), after=after)
    header = (*HEADER, *(role.name for role in shown.roles))
    return downloads.csv_file("roles", csv.encoded(header, [_rows(shown)]))


def _page(wanted: MatrixFilter) -> Listing:
    matrix = roles.matrix(db.session)
    return Listing(wanted, matrix, matrix_filter.matching(matrix, wanted))


def _rows(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    for permission in matrix.permissions:
        granted = ("yes" if role.grants(permission.code) else "no" for role in matrix.roles)
        yield (permission.code, permission.description or "", *granted)
