"""The export of the matrix, or of the part that matches its filter, as a file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app import unit_of_work
from app.domain import roles
from app.domain.csv import Separator
from app.domain.permissions import PermissionCode
from app.domain.roles import MatrixFilter
from app.extensions import db
from app.web.access import requires
from app.web.files import downloads
from app.web.files.downloads import DownloadForm
from app.web.roles import listing
from app.web.roles.blueprint import blueprint
from app.web.roles.listing import MatrixListing
from app.web.roles.matrix_form import MatrixFilterForm
from app.web.saving import accepted
from app.web.session.identity import current_actor


class RoleExportForm(MatrixFilterForm, DownloadForm):
    """The filter of the matrix, and the separator of the file."""


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_READ)
def export() -> ResponseReturnValue:
    """Describe the export, then send it and record it."""
    form = RoleExportForm(data=vars(listing.filters()))
    if accepted(form):
        return _download(form)
    page = _page(form.filters)
    return render_template("roles/export.html", form=form, page=page), form.status


def _download(form: RoleExportForm) -> Response:
    found = _page(form.filters).found
    after = {"filter": form.active}
    unit_of_work.record(roles.EXPORTED, roles.EXPORT_TARGET, actor=current_actor(), after=after)
    separator = Separator(form.separator.data)
    return downloads.csv_file("roles", roles.export_file(found, separator), separator)


def _page(filters: MatrixFilter) -> MatrixListing:
    return MatrixListing(filters, roles.read_matrix(db.session))
