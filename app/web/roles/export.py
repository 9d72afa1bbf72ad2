"""The matrix of roles and permissions, or the rows that its filter lets pass, as a file."""

from collections.abc import Iterator

from flask import Response, render_template

from app import unit_of_work
from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix, MatrixFilter
from app.domain.target import Target
from app.extensions import db
from app.web import csv, downloads
from app.web.access import requires
from app.web.identity import current_actor
from app.web.roles import listing
from app.web.roles.grant_forms import FilterForm
from app.web.roles.listing import Listing
from app.web.roles.section import blueprint

HEADER = ("permission", "description")
TARGET = Target("list", "roles and permissions")


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_READ)
def export() -> str | Response:
    """Say what would be exported; send it, and record that it was."""
    form = FilterForm(data=vars(listing.wanted()))
    if form.is_sent:
        return _download(form)
    page = _page(form.wanted)
    return render_template("roles/export.html", form=form, page=page)


def _download(form: FilterForm) -> Response:
    shown = _page(form.wanted).shown
    after = {"filter": form.filters}
    unit_of_work.record("roles:exported", TARGET, actor=current_actor(), after=after)
    header = (*HEADER, *(role.name for role in shown.roles))
    return downloads.csv_file("roles", csv.encoded(header, [_rows(shown)]))


def _page(wanted: MatrixFilter) -> Listing:
    matrix = roles.read_matrix(db.session)
    return Listing(wanted, matrix, roles.matching(matrix, wanted))


def _rows(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    for permission in matrix.permissions:
        granted = ("yes" if role.grants(permission.code) else "no" for role in matrix.roles)
        yield (permission.code, permission.description or "", *granted)
