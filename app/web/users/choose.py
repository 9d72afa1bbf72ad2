"""The page that selects users by a pasted list, for a bulk change."""

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.forms import Form
from app.web.saving import reviewed
from app.web.users import listing
from app.web.users.blueprint import blueprint


class NameListForm(Form):
    """A pasted list of names and addresses."""

    names = TextAreaField("Names or addresses")

    @property
    def edit(self) -> str:
        """The list as pasted."""
        return self.names.data or ""


@blueprint.route("/choose", methods=["GET", "POST"])
@requires(
    read=PermissionCode.USER_READ,
    change=(PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
)
def choose() -> ResponseReturnValue:
    """Look up pasted names, and select the users for a bulk change."""
    form = NameListForm()
    found = form.result if reviewed(form, users.look_up) else None
    page = render_template(
        "users/choose.html",
        form=form,
        found=found,
        actions=listing.allowed_actions(),
        role_names=roles.all_names(db.session) if found else [],
    )
    return page, form.status
