"""The page on which the permissions of one role are changed."""

from collections.abc import Mapping

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.review import ReviewUrls
from app.web.roles.blueprint import blueprint
from app.web.roles.grants_form import GrantSelection, GrantsForm, id_field
from app.web.roles.review import GrantsReview
from app.web.row_ids import parted, row_id
from app.web.security import many_fields


class PermissionsForm(GrantsForm):
    """The permissions of one role; ``base`` lists the ids of those shown as granted.

    Attributes:
        role_id: The role, which is in the URL.
    """

    permissions = id_field(row_id)
    etag = HiddenField()
    base = HiddenField()

    def __init__(self, role_id: int) -> None:
        super().__init__()
        self.role_id = role_id

    @property
    def sent(self) -> Mapping[int, GrantSelection]:
        """The selection that was sent."""
        if not self.is_sent:
            return {}
        selected = frozenset(self.permissions.data or ())
        granted, etag = parted(self.base.data), self.etag.data or ""
        return {self.role_id: GrantSelection(selected, granted, etag)}

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The edited selection and the grants that it was compared with."""
        pairs = []
        for selection in self.edited.values():
            pairs += [("etag", selection.etag), ("base", selection.granted_ids)]
            pairs += [("permissions", str(id_)) for id_ in sorted(selection.selected)]
        return pairs


@blueprint.route("/<id:role_id>/permissions", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
@many_fields
def permissions(role_id: int) -> ResponseReturnValue:
    """Change the permissions of one role: select, review, save."""
    form = PermissionsForm(role_id)
    if not form.is_sent:
        return _page(form)
    here, back = url_for(".permissions", role_id=role_id), url_for(".show", role_id=role_id)
    return RoleReview(form, ReviewUrls(here, back, url_for(".index"))).answer()


class RoleReview(GrantsReview):
    """The review of one role."""

    form: PermissionsForm

    def edit_page(self) -> ResponseReturnValue:
        """Return the page of the role with its selection."""
        return _page(self.form)


def _page(form: PermissionsForm) -> ResponseReturnValue:
    matrix = roles.read_matrix(db.session)
    role = matrix.role(form.role_id)
    selection = form.selection_of(role)
    form.etag.data, form.base.data = selection.etag, selection.granted_ids
    page = render_template(
        "roles/permissions.html", form=form, matrix=matrix, role=role, selection=selection
    )
    return page, form.status
