"""The matrix of roles and permissions, which is changed in place."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.roles import listing
from app.web.roles.blueprint import blueprint
from app.web.roles.listing import MatrixListing
from app.web.roles.matrix_form import MatrixForm


@blueprint.get("")
@requires(read=PermissionCode.ROLE_READ)
def index() -> ResponseReturnValue:
    """Show the matrix."""
    return matrix_page(MatrixForm(data=vars(listing.filters())))


def matrix_page(form: MatrixForm) -> ResponseReturnValue:
    """Return the page of the matrix with the selections of a form."""
    matrix = roles.read_matrix(db.session)
    page = render_template(
        "roles/index.html",
        form=form,
        page=MatrixListing(form.filters, matrix, form.rows(matrix)),
        people=roles.member_counts(db.session, list(matrix.by_id)),
        selections=form.selections(matrix),
    )
    return page, form.status
