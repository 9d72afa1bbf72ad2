"""The matrix of roles and permissions, which is changed in place."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.roles import listing
from app.web.roles.blueprint import blueprint
from app.web.roles.matrix_form import MatrixForm


@blueprint.get("")
@requires(read=PermissionCode.ROLE_READ)
def index() -> ResponseReturnValue:
    """Show the matrix."""
    return matrix_page(MatrixForm(data=vars(listing.filters()) | listing.cursors()))


def matrix_page(form: MatrixForm) -> ResponseReturnValue:
    """Return the page of the matrix with the selections of a form."""
    page = form.page(roles.read_matrix(db.session))
    text = render_template(
        "roles/index.html",
        form=form,
        page=page,
        people=roles.member_counts(db.session, list(page.shown.by_id)),
        selections=form.selections(page.shown),
    )
    return text, form.status
